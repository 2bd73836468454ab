import type { Clock } from '../../ports/clock.ts'

export interface Hold {
  /** How long it still lasts, in milliseconds. */
  readonly left: number
  /** Why nothing posted to the webhook would arrive; null when it only asked for a pause. */
  readonly deadBecause: string | null
}

/** What is remembered of webhooks for a while, by URL: that one asked for a pause, or does not exist any more. */
export class Holds {
  readonly #clock: Clock
  readonly #holds = new Map<string, { until: number; deadBecause: string | null }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** For `ms` milliseconds; measured by the clock that never jumps. */
  set(url: string, ms: number, deadBecause: string | null): void {
    this.#forgetEnded()
    this.#holds.set(url, { until: this.#clock.monotonic() + ms, deadBecause })
  }

  get(url: string): Hold | null {
    const hold = this.#holds.get(url)
    if (hold === undefined) return null
    const left = hold.until - this.#clock.monotonic()
    return left > 0 ? { left, deadBecause: hold.deadBecause } : null
  }

  #forgetEnded(): void {
    const now = this.#clock.monotonic()
    for (const [url, { until }] of this.#holds) if (until <= now) this.#holds.delete(url)
  }
}
