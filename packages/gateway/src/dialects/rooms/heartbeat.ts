import type { Random } from '../../ports/clock.ts'

export interface HeartbeatTimes {
  /** How often each side beats, in milliseconds. */
  readonly interval: number
  /** How much longer than that a client may take, in milliseconds. */
  readonly grace: number
}

export interface Due {
  /** No heartbeat came in time. */
  readonly dead: boolean
  /** A heartbeat (1) is to be sent. */
  readonly beat: boolean
  /** "Are you there?" (2) is to be sent. */
  readonly ask: boolean
  /** When to look again: milliseconds from now. */
  readonly next: number
}

/**
 * When to beat, when to ask, and when a silent client is gone. The server beats every interval. A client that has said nothing
 * for half an interval is asked once, at a random moment of the other half. Only its heartbeats (1) keep it alive.
 * All times are of a monotonic clock.
 */
export class Heartbeat {
  readonly #times: HeartbeatTimes
  readonly #random: Random
  #beatAt: number
  #askAt: number
  #deadAt: number

  constructor(times: HeartbeatTimes, random: Random, now: number) {
    this.#times = times
    this.#random = random
    this.#beatAt = now + times.interval
    this.#deadAt = this.#deadline(now)
    this.#askAt = this.#question(now)
  }

  /** A packet came, whichever. */
  heard(now: number): void {
    this.#askAt = this.#question(now)
  }

  /** A heartbeat (1) came. */
  alive(now: number): void {
    this.heard(now)
    this.#deadAt = this.#deadline(now)
  }

  due(now: number): Due {
    const dead = now >= this.#deadAt
    const beat = now >= this.#beatAt
    const ask = now >= this.#askAt
    if (beat) this.#beatAt = now + this.#times.interval
    if (ask) this.#askAt = Number.POSITIVE_INFINITY
    return { dead, beat, ask, next: Math.min(this.#beatAt, this.#askAt, this.#deadAt) - now }
  }

  #deadline(now: number): number {
    return now + this.#times.interval + this.#times.grace
  }

  #question(now: number): number {
    const { interval } = this.#times
    return now + interval - this.#random.integer(Math.ceil(interval / 2))
  }
}
