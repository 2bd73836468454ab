import type { Problem } from '../model/problem.ts'
import type { Clock } from '../ports/clock.ts'

/** Longer than any handshake is under way, in milliseconds. */
const remembered = 60_000

/**
 * Users whose connections were ended lately. A handshake that was under way meanwhile would otherwise come through with a
 * credential that was good when it was looked at.
 */
export class EndedUsers {
  readonly #clock: Clock
  readonly #users = new Map<string, { readonly problem: Problem; readonly until: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(userId: string, problem: Problem): void {
    const now = this.#clock.monotonic()
    for (const [id, { until }] of this.#users) if (until <= now) this.#users.delete(id)
    this.#users.set(userId, { problem, until: now + remembered })
  }

  /** Why this user's connections are ended, if they are. */
  whyEnded(userId: string): Problem | null {
    const ended = this.#users.get(userId)
    return ended !== undefined && ended.until > this.#clock.monotonic() ? ended.problem : null
  }
}
