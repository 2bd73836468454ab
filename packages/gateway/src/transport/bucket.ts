/** How often something may happen: so many times per second, and so many at once after a rest. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** A token bucket, kept as the one number that says when it will be full again. */
export class Bucket {
  #fullAt = 0

  /** Takes a token. Answers 0, or, when there is none, for how many milliseconds there will be none. */
  take(rate: Rate, now: number): number {
    const interval = 1000 / rate.perSecond
    const fullAt = Math.max(this.#fullAt, now) + interval
    const wait = fullAt - now - rate.burst * interval
    if (wait > 0.001) return wait
    this.#fullAt = fullAt
    return 0
  }

  isFull(now: number): boolean {
    return this.#fullAt <= now
  }
}
