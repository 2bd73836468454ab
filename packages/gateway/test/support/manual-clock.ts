import type { Clock } from '../../src/ports/clock.ts'

interface Timer {
  readonly at: number
  readonly call: () => void
}

/** A clock that a test moves. Timers run in the order of their time, each at its own. */
export class ManualClock implements Clock {
  #wall: number
  #elapsed = 0
  #timers: Timer[] = []

  constructor(wall = 1_700_000_000_000) {
    this.#wall = wall
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#elapsed
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#elapsed + ms, call }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  get pending(): number {
    return this.#timers.length
  }

  advance(ms: number): void {
    const end = this.#elapsed + ms
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#move(next.at - this.#elapsed)
      this.#timers = this.#timers.filter((one) => one !== next)
      next.call()
    }
    this.#move(end - this.#elapsed)
  }

  /** The wall clock is set, and no time has passed. */
  jump(ms: number): void {
    this.#wall += ms
  }

  #next(end: number): Timer | undefined {
    return this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }

  #move(ms: number): void {
    this.#elapsed += ms
    this.#wall += ms
  }
}
