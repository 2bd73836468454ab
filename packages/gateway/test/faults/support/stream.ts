import type { Target } from '../../harness.ts'
import { emit } from './writing.ts'

/** Writers that write one message after another into the room, until the end. */
export class Stream {
  readonly #writers: Promise<void>[]
  #begun = 0
  #written = 0
  #running = true
  /** The next message to be acknowledged. */
  #next = Promise.withResolvers<void>()

  constructor(target: Target, writers: number) {
    this.#writers = Array.from({ length: writers }, async () => {
      while (this.#running) {
        await emit(target, `${this.#begun++}`)
        this.#written += 1
        this.#next.resolve()
        this.#next = Promise.withResolvers()
      }
    })
  }

  /** How many messages have been acknowledged. */
  get written(): number {
    return this.#written
  }

  /** Resolves when so many more have been acknowledged. */
  async more(count: number): Promise<void> {
    const enough = this.#written + count
    while (this.#written < enough) await this.#next.promise
  }

  async end(): Promise<void> {
    this.#running = false
    await Promise.all(this.#writers)
  }
}
