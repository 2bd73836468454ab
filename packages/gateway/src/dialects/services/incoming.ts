import type { Connection } from '../../ports/connection.ts'

interface Piece {
  readonly data: Buffer
  readonly binary: boolean
}

/** Done, or done when the promise resolves. It never rejects and never throws. */
export type Work = (data: Buffer, binary: boolean) => Promise<void> | undefined

/**
 * What one service sends, worked off in order: what comes while work is under way waits, and with more than `pauseFrom` bytes
 * waiting nothing more is read from the socket.
 */
export class Incoming {
  readonly #connection: Connection
  readonly #pauseFrom: number
  readonly #work: Work
  readonly #waiting: Piece[] = []
  #bytes = 0
  #busy = false

  constructor(connection: Connection, pauseFrom: number, work: Work) {
    this.#connection = connection
    this.#pauseFrom = pauseFrom
    this.#work = work
  }

  /** What was sent has not all been looked at. */
  get busy(): boolean {
    return this.#busy
  }

  receive(data: Buffer, binary: boolean): void {
    if (this.#busy) {
      this.#waiting.push({ data, binary })
      this.#bytes += data.length
      if (this.#bytes > this.#pauseFrom) this.#connection.pause()
      return
    }
    const working = this.#work(data, binary)
    if (working === undefined) return
    this.#busy = true
    void this.#workOff(working)
  }

  async #workOff(working: Promise<void>): Promise<void> {
    await working
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#bytes -= next.data.length
      if (this.#bytes <= this.#pauseFrom) this.#connection.resume()
      await this.#work(next.data, next.binary)
    }
    this.#busy = false
  }
}
