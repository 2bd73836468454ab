import type { Log } from '../ports/log.ts'

/** What was opened, to be closed in the reverse order, once. */
export class Closers {
  readonly #log: Log
  readonly #opened: { readonly what: string; readonly close: () => Promise<void> }[] = []
  #closing: Promise<void> | null = null

  constructor(log: Log) {
    this.#log = log
  }

  add(what: string, close: () => Promise<void>): void {
    this.#opened.push({ what, close })
  }

  /** Resolves when all is closed. One that cannot be closed is logged and does not keep the others open. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    for (const { what, close } of this.#opened.toReversed()) {
      try {
        await close()
      } catch (error) {
        this.#log.error({ err: error }, `${what} could not be closed`)
      }
    }
  }
}
