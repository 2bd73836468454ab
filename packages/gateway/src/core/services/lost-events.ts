import type { Clock } from '../../ports/clock.ts'
import type { Log, Metrics } from '../../ports/log.ts'

const reportAfter = 1000

/** Says how many events were lost: counted at once, logged together, so that a flood of them is not one of log lines. */
export class LostEvents {
  readonly #clock: Clock
  readonly #log: Log
  readonly #metrics: Metrics
  readonly #unsaid = new Map<string, number>()
  #cancel: (() => void) | null = null

  constructor(clock: Clock, log: Log, metrics: Metrics) {
    this.#clock = clock
    this.#log = log
    this.#metrics = metrics
  }

  add(name: string): void {
    this.#metrics.count('service_events_lost_total', 1, { event: name })
    this.#unsaid.set(name, (this.#unsaid.get(name) ?? 0) + 1)
    this.#cancel ??= this.#clock.after(reportAfter, () => this.report())
  }

  report(): void {
    this.#cancel?.()
    this.#cancel = null
    for (const [event, count] of this.#unsaid) {
      this.#log.warn({ event, count }, 'events were lost: no service that could take them came in time')
    }
    this.#unsaid.clear()
  }
}
