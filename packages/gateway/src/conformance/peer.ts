import type { Time } from './time.ts'

/** A frame as it came. */
export interface Received {
  readonly text: string
  /** It was a zlib stream in a binary frame. */
  readonly zipped: boolean
}

export interface Ending {
  readonly code: number
  readonly reason: string
}

/** The server has answered a handshake with something other than what was asked for. */
export class HandshakeRefused extends Error {
  readonly status: number
  readonly text: string

  constructor(status: number, text: string) {
    super(`the handshake was answered with ${status} ${text}`)
    this.status = status
    this.text = text
  }
}

/** What carries frames: a WebSocket, or an event stream, which carries none to the server. */
export interface Wire {
  send(data: string | Buffer): void
  close(): void
  terminate(): void
}

/** What a wire tells of itself: it has opened, then the rest. */
export interface WireEvents {
  opened(wire: Wire): void
  received(frame: Received): void
  ended(ending: Ending): void
}

/** One connection: what has come and has not been asked for waits in order. */
export class Peer implements WireEvents {
  readonly #waiting: Received[] = []
  readonly #closed: Promise<Ending>
  #wire: Wire | null = null
  #isOver = false
  #over: (ending: Ending) => void = () => {}
  #arrived: () => void = () => {}
  readonly #time: Time
  readonly #hear: (frame: Received) => void

  /** `hear` is told of every frame at once, whether or not anybody asks for it. */
  constructor(time: Time, hear: (frame: Received) => void) {
    this.#time = time
    this.#hear = hear
    this.#closed = new Promise((resolve) => {
      this.#over = resolve
    })
  }

  opened(wire: Wire): void {
    this.#wire = wire
  }

  received(frame: Received): void {
    this.#waiting.push(frame)
    this.#hear(frame)
    this.#arrived()
  }

  ended(ending: Ending): void {
    this.#isOver = true
    this.#over(ending)
    this.#arrived()
  }

  send(data: string | Buffer): void {
    this.#wire?.send(data)
  }

  close(): void {
    this.#wire?.close()
  }

  terminate(): void {
    this.#wire?.terminate()
  }

  /** Takes everything that waits. */
  takeAll(): Received[] {
    return this.#waiting.splice(0)
  }

  /** The next frame; how the connection has ended, where nothing came before; null when neither came within `ms`. */
  async next(ms: number): Promise<Received | Ending | null> {
    const deadline = this.#time.now() + ms
    for (;;) {
      const frame = this.#waiting.shift()
      if (frame !== undefined) return frame
      if (this.#isOver) return this.#closed
      const left = deadline - this.#time.now()
      if (left <= 0) return null
      await this.#arrival(left)
    }
  }

  #arrival(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#time.after(ms, resolve)
      this.#arrived = () => {
        callOff()
        resolve()
      }
    })
  }
}

export function isEnding(value: Received | Ending): value is Ending {
  return 'code' in value
}
