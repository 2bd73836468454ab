import { Problem } from '../model/problem.ts'
import type { Clock } from '../ports/clock.ts'

export interface Allowance {
  readonly perSecond: number
  readonly burst: number
}

/** Bounds how often each key may do something: `burst` at once, and `perSecond` in the long run. */
export class Rate {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #burst: number
  /** When each key's allowance will be whole again; in the order of that having last been put off. */
  readonly #wholeAt = new Map<string, number>()

  /** `perSecond` 0: no bound. */
  constructor(clock: Clock, { perSecond, burst }: Allowance) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#burst = burst
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#wholeAt.size
  }

  /** Throws `rate_limited`, with the seconds to wait. */
  take(key: string): void {
    if (this.#perSecond === 0) return
    const now = this.#clock.monotonic()
    this.#forget(now)
    const each = 1000 / this.#perSecond
    const wholeAt = Math.max(now, this.#wholeAt.get(key) ?? now) + each
    const excess = wholeAt - now - this.#burst * each
    if (excess > 0) {
      const wait = Math.ceil(excess / 1000)
      throw new Problem('rate_limited', `Too many requests; try again in ${wait} s.`, wait)
    }
    this.#wholeAt.delete(key)
    this.#wholeAt.set(key, wholeAt)
  }

  /** Two of the longest untouched at each call: more than one call can add, so that what is whole never piles up. */
  #forget(now: number): void {
    let looked = 0
    for (const [key, wholeAt] of this.#wholeAt) {
      if (looked++ === 2 || wholeAt > now) return
      this.#wholeAt.delete(key)
    }
  }
}
