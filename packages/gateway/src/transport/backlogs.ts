import type { Clock } from '../ports/clock.ts'
import type { TransportLimits } from './limits.ts'

/** What one client is still to take. */
export interface Backlog {
  /** Bytes that the system has not taken yet. */
  readonly backlog: number
  /** As last counted, and since when that was too much (monotonic; −1: it is not). */
  counted: number
  aboveSince: number
  /** Nothing comes after it. However much it is, it is too much only while none of it is taken. */
  readonly whole?: true
  readonly owner: { tooSlow(): void }
}

const lookAgainAfter = 1000

/**
 * Watches the backlogs that are not empty, and finds those that hold too much: one of its own for too long or far too
 * much, or, when all together hold too much, the largest. Costs nothing for connections that keep up.
 */
export class Backlogs {
  readonly #clock: Clock
  readonly #limits: TransportLimits
  readonly #behind = new Set<Backlog>()
  readonly #tooSlow = new Set<Backlog>()
  #total = 0
  #cancel: (() => void) | null = null

  constructor(clock: Clock, limits: TransportLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Bytes that the system has not taken yet, of all connections; counted anew. */
  get total(): number {
    for (const one of this.#behind) this.note(one)
    return this.#total
  }

  /** To be called whenever it was not empty or is not empty now. */
  note(one: Backlog): void {
    const bytes = one.backlog
    const { softBacklog } = this.#limits
    const fine = one.whole ? one.counted === 0 || bytes < one.counted : bytes <= softBacklog
    this.#total += bytes - one.counted
    one.counted = bytes
    if (fine) one.aboveSince = -1
    else this.#judge(one, bytes)
    if (bytes === 0) this.#behind.delete(one)
    else this.#behind.add(one)
    if (this.#behind.size > 0) this.#cancel ??= this.#clock.after(lookAgainAfter, this.#lookAgain)
  }

  /** The connection has gone, and its bytes with it. */
  forget(one: Backlog): void {
    this.#total -= one.counted
    one.counted = 0
    this.#behind.delete(one)
    this.#tooSlow.delete(one)
  }

  /** Gives the word about those found too slow. Not in `note`, which is called in the midst of writing. */
  settle(): void {
    if (this.#total > this.#limits.totalBacklog) this.#findLargest()
    if (this.#tooSlow.size === 0) return
    const found = [...this.#tooSlow]
    this.#tooSlow.clear()
    for (const one of found) one.owner.tooSlow()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #judge(one: Backlog, bytes: number): void {
    const now = this.#clock.monotonic()
    if (one.aboveSince < 0) one.aboveSince = now
    const tooLong = now - one.aboveSince >= this.#limits.softBacklogFor
    if (tooLong || (bytes > this.#limits.hardBacklog && !one.whole)) this.#tooSlow.add(one)
  }

  /** Down to nine tenths of the bound, so that one search pays for many turns. */
  #findLargest(): void {
    let excess = this.total - this.#limits.totalBacklog * 0.9
    if (this.#total <= this.#limits.totalBacklog) return
    const largestFirst = [...this.#behind].sort((a, b) => b.counted - a.counted)
    for (const one of largestFirst) {
      if (excess <= 0) return
      excess -= one.counted
      this.#tooSlow.add(one)
    }
  }

  readonly #lookAgain = (): void => {
    this.#cancel = null
    for (const one of this.#behind) this.note(one)
    this.settle()
  }
}
