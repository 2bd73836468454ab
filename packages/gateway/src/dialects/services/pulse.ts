/** What is to be done about a service's silence. */
export type Verdict = 'fine' | 'ask' | 'dead'

/**
 * Whether a service beats. One that has been silent for more than an interval is asked once, and is dead after two. The
 * grace between spares those that beat on the dot. All times are of a monotonic clock.
 */
export class Pulse {
  readonly #interval: number
  #last: number
  #asked = false

  constructor(interval: number, now: number) {
    this.#interval = interval
    this.#last = now
  }

  /** How much longer than an interval a beat may take before it is asked for, in milliseconds. */
  get grace(): number {
    return this.#interval / 10
  }

  beat(now: number): void {
    this.#last = now
    this.#asked = false
  }

  judge(now: number): Verdict {
    if (now >= this.#deadAt) return 'dead'
    if (this.#asked || now < this.#askAt) return 'fine'
    this.#asked = true
    return 'ask'
  }

  /** When to judge next, in milliseconds from now. */
  next(now: number): number {
    return Math.max(1, (this.#asked ? this.#deadAt : this.#askAt) - now)
  }

  get #askAt(): number {
    return this.#last + this.#interval + this.grace
  }

  get #deadAt(): number {
    return this.#last + this.#interval * 2
  }
}
