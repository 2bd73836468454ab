import { Problem } from '../../model/problem.ts'
import type { Connection } from '../../ports/connection.ts'
import type { Compression, Message } from './compression.ts'

/** What one service is sent: as text until it asks for compression, from then on compressed, and always in order. */
export class Outgoing {
  readonly #connection: Connection
  readonly #compression: Compression
  readonly #backlogMax: number
  readonly #fail: (problem: Problem) => void
  #compresses = false
  #backlog = 0
  #sent: Promise<void> = Promise.resolve()

  /** `fail` is called when more than `backlogMax` characters wait to be compressed, or there is no memory for it. */
  constructor(
    connection: Connection,
    compression: Compression,
    backlogMax: number,
    fail: (problem: Problem) => void,
  ) {
    this.#connection = connection
    this.#compression = compression
    this.#backlogMax = backlogMax
    this.#fail = fail
  }

  compress(): void {
    this.#compresses = true
  }

  send(message: Message): void {
    if (!this.#compresses) {
      this.#connection.send(message.text)
      return
    }
    this.#backlog += message.text.length
    if (this.#backlog > this.#backlogMax) {
      this.#fail(
        new Problem('unavailable', 'More is to be compressed than the gateway can keep; connect again.'),
      )
      return
    }
    const deflated = this.#compression.deflate(message)
    this.#sent = this.#sent.then(async () => {
      const bytes = await deflated
      this.#backlog -= message.text.length
      if (bytes === null) this.#fail(new Problem('unavailable', 'A message could not be compressed.'))
      else this.#connection.send(bytes)
    })
  }
}
