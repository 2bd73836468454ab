import { Problem } from '../model/problem.ts'
import { Bucket, type Rate } from './bucket.ts'
import type { TransportLimits } from './limits.ts'

/** What is wrong with a frame, and whether the connection ends by it. */
export interface Objection {
  readonly problem: Problem
  readonly fatal: boolean
}

/** Judges the frames that one connection sends. */
export class InboundMeter {
  readonly #bucket = new Bucket()
  #strikes = 0
  #strikesSince = 0

  /** Null: the frame may pass. `now` is monotonic. */
  judge(frames: Rate, now: number, limits: TransportLimits): Objection | null {
    const wait = this.#bucket.take(frames, now)
    return wait === 0 ? null : this.#strike(wait, frames, now, limits)
  }

  #strike(wait: number, { perSecond }: Rate, now: number, limits: TransportLimits): Objection {
    if (now - this.#strikesSince > limits.strikeWindow) this.#strikes = 0
    if (this.#strikes === 0) this.#strikesSince = now
    this.#strikes += 1
    const problem = new Problem(
      'rate_limited',
      `At most ${perSecond} messages a second are taken; this one was dropped.`,
      Math.ceil(wait / 1000),
    )
    return { problem, fatal: this.#strikes >= limits.strikes }
  }
}
