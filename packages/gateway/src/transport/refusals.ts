import type { Clock } from '../ports/clock.ts'
import type { Log, Metrics } from '../ports/log.ts'

/** So many refusals a second are worth a line each; of the others there is one line that says how many. */
const linesPerSecond = 10

/** Logs and counts what is not let in. Refusing costs little, and so it must: a flood of what is refused may not flood the log. */
export class Refusals {
  readonly #clock: Clock
  readonly #log: Log
  readonly #metrics: Metrics
  #noted = 0
  #renewal: (() => void) | null = null

  constructor(clock: Clock, log: Log, metrics: Metrics) {
    this.#clock = clock
    this.#log = log
    this.#metrics = metrics
  }

  /** Nothing else of what was asked is shown: addresses have secrets in their queries. */
  note(what: 'socket' | 'request' | 'handshake', address: string, code: string): void {
    this.#metrics.count(`${what}s_refused_total`, 1, { code })
    // A planned stop is no news, and everyone who comes back too early is refused for it.
    if (code === 'going_down') return
    this.#renewal ??= this.#clock.after(1000, () => this.#renew())
    this.#noted += 1
    if (this.#noted <= linesPerSecond) this.#log.warn({ address, code }, `a ${what} was refused`)
  }

  /** Handshakes that are still undecided may be refused after this, and leave no timer. */
  stop(): void {
    this.#renewal?.()
    this.#renewal = () => {}
  }

  #renew(): void {
    const more = this.#noted - linesPerSecond
    if (more > 0) this.#log.warn({ more }, 'so much more was refused within a second')
    this.#noted = 0
    this.#renewal = null
  }
}
