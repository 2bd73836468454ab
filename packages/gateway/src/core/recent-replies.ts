import type { Clock } from '../ports/clock.ts'

const most = 10_000

/**
 * Gives whoever repeats a request within `keptFor` milliseconds the first one's reply, also while that is still being made. Failures are
 * not kept: the next try is a new one. The engine holds the promise that a key acts once; this holds what was said.
 */
export class RecentReplies<Reply> {
  readonly #clock: Clock
  readonly #keptFor: number
  readonly #replies = new Map<string, { readonly reply: Promise<Reply>; readonly until: number }>()

  constructor(clock: Clock, keptFor: number) {
    this.#clock = clock
    this.#keptFor = keptFor
  }

  once(key: string, make: () => Promise<Reply>): Promise<Reply> {
    this.#forget()
    const known = this.#replies.get(key)
    if (known !== undefined) return known.reply
    const reply = make()
    this.#replies.set(key, { reply, until: this.#clock.monotonic() + this.#keptFor })
    reply.catch(() => this.#replies.delete(key))
    return reply
  }

  /** The oldest stand in front. */
  #forget(): void {
    const now = this.#clock.monotonic()
    for (const [key, { until }] of this.#replies) {
      if (until > now && this.#replies.size < most) return
      this.#replies.delete(key)
    }
  }
}
