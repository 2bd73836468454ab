/** Work that stands in line, so many pieces of it a turn of the event loop; what else there is to do is done in between. */
export class Line {
  readonly #perTurn: number
  #left: number
  #waiting: (() => void)[] = []
  #scheduled = false

  constructor(perTurn: number) {
    this.#perTurn = perTurn
    this.#left = perTurn
  }

  /** Resolves at once while there is room in this turn; else in a later one, first come, first served. */
  turn(): Promise<void> {
    if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(this.#next)
    }
    if (this.#left > 0) {
      this.#left -= 1
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  readonly #next = (): void => {
    const now = this.#waiting.splice(0, this.#perTurn)
    this.#left = this.#perTurn - now.length
    this.#scheduled = now.length > 0
    if (this.#scheduled) setImmediate(this.#next)
    for (const go of now) go()
  }
}
