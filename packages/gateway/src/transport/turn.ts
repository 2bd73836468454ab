/**
 * What is to be done when this turn of the event loop ends: audiences give their members what is pending, then each outbox
 * writes once. `setImmediate` runs after all sockets that were readable in this turn have been read, so that what several
 * of them cause is written together.
 */
export class Turn {
  readonly #afterwards: () => void
  #audiences: { deliver(): void }[] = []
  #outboxes: { flush(): void }[] = []
  #immediate: NodeJS.Immediate | null = null

  /** `afterwards` is called when everything has been written. */
  constructor(afterwards: () => void) {
    this.#afterwards = afterwards
  }

  deliverAtEnd(audience: { deliver(): void }): void {
    this.#audiences.push(audience)
    this.#immediate ??= setImmediate(this.#end)
  }

  flushAtEnd(outbox: { flush(): void }): void {
    this.#outboxes.push(outbox)
    this.#immediate ??= setImmediate(this.#end)
  }

  stop(): void {
    if (this.#immediate !== null) clearImmediate(this.#immediate)
    this.#audiences = []
    this.#outboxes = []
  }

  readonly #end = (): void => {
    const audiences = this.#audiences
    this.#audiences = []
    for (const audience of audiences) audience.deliver()
    const outboxes = this.#outboxes
    this.#outboxes = []
    this.#immediate = null
    for (const outbox of outboxes) outbox.flush()
    this.#afterwards()
  }
}
