/** After how many milliseconds something given to a worker counts half. */
const halfLife = 5000

/** How busy a worker is thought to be: what its heartbeats say, and what it was given since or lately. */
export class Load {
  heapUsed = 0
  /** Monotonic. */
  lastBeat: number
  lastGiven = Number.NEGATIVE_INFINITY
  #busy = 0
  #given = 0

  constructor(now: number) {
    this.lastBeat = now
  }

  /** Who tells how many things it works on is believed; who does not is judged by what it was given. */
  beat(now: number, heapUsed: number, busy: number | null): void {
    this.lastBeat = now
    this.heapUsed = heapUsed
    if (busy === null) return
    this.#busy = busy
    this.#given = 0
  }

  give(now: number): void {
    this.#given = this.#decayed(now) + 1
    this.lastGiven = now
  }

  /** In whole things, so that a remainder of long ago decides nothing. */
  at(now: number): number {
    return Math.round(this.#busy + this.#decayed(now))
  }

  #decayed(now: number): number {
    return this.#given === 0 ? 0 : this.#given * 0.5 ** ((now - this.lastGiven) / halfLife)
  }
}

/**
 * Orders workers, the one to be given something first in front: those whose heartbeats come before those overdue, then the
 * less busy, then the smaller heap, then who was given something longest ago.
 */
export function compareLoads(a: Load, b: Load, now: number, overdueAfter: number): number {
  const overdue = (load: Load): number => (now - load.lastBeat > overdueAfter ? 1 : 0)
  return (
    overdue(a) - overdue(b) ||
    a.at(now) - b.at(now) ||
    a.heapUsed - b.heapUsed ||
    (a.lastGiven < b.lastGiven ? -1 : Number(a.lastGiven > b.lastGiven))
  )
}
