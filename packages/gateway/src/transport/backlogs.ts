import type { Clock } from '../ports/clock.ts'
import type { TransportLimits } from './limits.ts'
import type { BacklogWatch, Outbox } from './outbox.ts'

const lookAgainAfter = 1000

/**
 * Watches the outboxes that hold something, and finds those that hold too much: one of its own for too long or far too
 * much, or, when all together hold too much, the largest. Costs nothing for connections that keep up.
 */
export class Backlogs implements BacklogWatch {
  readonly #clock: Clock
  readonly #limits: TransportLimits
  readonly #behind = new Set<Outbox>()
  readonly #tooSlow = new Set<Outbox>()
  #total = 0
  #cancel: (() => void) | null = null

  constructor(clock: Clock, limits: TransportLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Bytes that the system has not taken yet, of all connections; counted anew. */
  get total(): number {
    for (const outbox of this.#behind) this.note(outbox)
    return this.#total
  }

  note(outbox: Outbox): void {
    const bytes = outbox.backlog
    this.#total += bytes - outbox.counted
    outbox.counted = bytes
    if (bytes <= this.#limits.softBacklog) outbox.aboveSince = -1
    else this.#judge(outbox, bytes)
    if (bytes === 0) this.#behind.delete(outbox)
    else this.#behind.add(outbox)
    if (this.#behind.size > 0) this.#cancel ??= this.#clock.after(lookAgainAfter, this.#lookAgain)
  }

  /** The connection has gone, and its bytes with it. */
  forget(outbox: Outbox): void {
    this.#total -= outbox.counted
    outbox.counted = 0
    this.#behind.delete(outbox)
    this.#tooSlow.delete(outbox)
  }

  /** Gives the word about those found too slow. Not in `note`, which is called in the midst of writing. */
  settle(): void {
    if (this.#total > this.#limits.totalBacklog) this.#findLargest()
    if (this.#tooSlow.size === 0) return
    const found = [...this.#tooSlow]
    this.#tooSlow.clear()
    for (const outbox of found) outbox.owner.tooSlow()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #judge(outbox: Outbox, bytes: number): void {
    const now = this.#clock.monotonic()
    if (outbox.aboveSince < 0) outbox.aboveSince = now
    const tooLong = now - outbox.aboveSince >= this.#limits.softBacklogFor
    if (tooLong || bytes > this.#limits.hardBacklog) this.#tooSlow.add(outbox)
  }

  /** Down to nine tenths of the bound, so that one search pays for many turns. */
  #findLargest(): void {
    let excess = this.total - this.#limits.totalBacklog * 0.9
    if (this.#total <= this.#limits.totalBacklog) return
    const largestFirst = [...this.#behind].sort((a, b) => b.counted - a.counted)
    for (const outbox of largestFirst) {
      if (excess <= 0) return
      excess -= outbox.counted
      this.#tooSlow.add(outbox)
    }
  }

  readonly #lookAgain = (): void => {
    this.#cancel = null
    for (const outbox of this.#behind) this.note(outbox)
    this.settle()
  }
}
