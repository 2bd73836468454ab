import type { Clock } from '../ports/clock.ts'

/** Something that can be scheduled in one timing wheel. The wheel links these to one another; the fields are its own. */
export interface Timed {
  /** Monotonic, milliseconds. */
  dueAt: number
  slot: number
  previous: Timed | null
  following: Timed | null
  /** Called at or after `dueAt`, at most a tick late, and once per `schedule`. */
  elapsed(): void
}

/** Values of `slot` for what is in no slot. */
export const unscheduled = -1
const firing = -2

const tick = 50
const slots = 1024

/**
 * One timer for any number of deadlines; scheduling, moving and cancelling one costs the same however many there are. Each
 * slot is a linked list of what falls due in one tick of some round; the clock's timer waits for the next slot in use.
 */
export class TimingWheel {
  readonly #clock: Clock
  readonly #heads: (Timed | null)[] = new Array<Timed | null>(slots).fill(null)
  #size = 0
  /** The last tick that was looked at. */
  #current: number
  /** The tick that the clock's timer waits for. */
  #awaited = Number.POSITIVE_INFINITY
  #cancel: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#current = Math.floor(clock.monotonic() / tick)
  }

  get size(): number {
    return this.#size
  }

  /** Replaces an earlier deadline of the same. */
  schedule(timed: Timed, dueAt: number): void {
    this.cancel(timed)
    if (this.#size === 0) this.#current = Math.floor(this.#clock.monotonic() / tick)
    const dueTick = Math.max(Math.ceil(dueAt / tick), this.#current + 1)
    timed.dueAt = dueAt
    timed.slot = dueTick % slots
    timed.previous = null
    timed.following = this.#heads[timed.slot]!
    if (timed.following !== null) timed.following.previous = timed
    this.#heads[timed.slot] = timed
    this.#size += 1
    if (dueTick < this.#awaited) this.#await(dueTick)
  }

  cancel(timed: Timed): void {
    if (timed.slot >= 0) this.#unlink(timed)
    timed.slot = unscheduled
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#awaited = Number.POSITIVE_INFINITY
  }

  #unlink(timed: Timed): void {
    if (timed.previous === null) this.#heads[timed.slot] = timed.following
    else timed.previous.following = timed.following
    if (timed.following !== null) timed.following.previous = timed.previous
    timed.previous = null
    timed.following = null
    this.#size -= 1
  }

  readonly #advance = (): void => {
    this.#cancel = null
    this.#awaited = Number.POSITIVE_INFINITY
    const now = this.#clock.monotonic()
    const last = Math.floor(now / tick)
    const due: Timed[] = []
    for (let at = Math.max(this.#current + 1, last - slots + 1); at <= last; at++) this.#collect(at, now, due)
    this.#current = Math.max(this.#current, last)
    for (const timed of due) {
      // What fired before may have cancelled this one, or scheduled it anew.
      if (timed.slot !== firing) continue
      timed.slot = unscheduled
      timed.elapsed()
    }
    this.#awaitNext()
  }

  #collect(at: number, now: number, due: Timed[]): void {
    let timed = this.#heads[at % slots]!
    while (timed !== null) {
      const { following } = timed
      if (timed.dueAt <= now) {
        this.#unlink(timed)
        timed.slot = firing
        due.push(timed)
      }
      timed = following!
    }
  }

  #awaitNext(): void {
    if (this.#size === 0) return
    let at = this.#current + 1
    while (this.#heads[at % slots] === null) at += 1
    if (at < this.#awaited) this.#await(at)
  }

  #await(dueTick: number): void {
    this.#cancel?.()
    // Never beyond one round: a timer of more than 2^31 ms would fire at once.
    this.#awaited = Math.min(dueTick, this.#current + slots)
    const delay = Math.ceil(this.#awaited * tick - this.#clock.monotonic())
    this.#cancel = this.#clock.after(Math.max(1, delay), this.#advance)
  }
}
