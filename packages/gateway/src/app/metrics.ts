import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Metrics } from '../ports/log.ts'

export interface MetricsPage extends Metrics {
  /** All figures in Prometheus' text format. */
  page(): Promise<{ contentType: string; text: string }>
}

/**
 * The figures of one gateway. Those of the process (memory, CPU, garbage collection, event-loop delay) are measured by
 * observers that last as long as the process, so they are for a process that is nothing but a gateway.
 */
export function createMetrics(options: { processToo: boolean }): MetricsPage {
  const registry = new Registry()
  const counters = new Map<string, Counter>()
  if (options.processToo) collectDefaultMetrics({ register: registry })

  function counter(name: string, labels: Record<string, string>): Counter {
    const known = counters.get(name)
    if (known !== undefined) return known
    const fresh = new Counter({
      name: `parlance_${name}`,
      help: name.replaceAll('_', ' '),
      labelNames: Object.keys(labels),
      registers: [registry],
    })
    counters.set(name, fresh)
    return fresh
  }

  return {
    count(name, by = 1, labels = {}) {
      counter(name, labels).inc(labels, by)
    },
    gauge(name, help, read) {
      new Gauge({
        name: `parlance_${name}`,
        help,
        registers: [registry],
        collect() {
          this.set(read())
        },
      })
    },
    async page() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
