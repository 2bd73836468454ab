import { createServices } from '../../src/core/services/services.ts'
import { defaultServicesSettings, type ServicesSettings } from '../../src/core/services/settings.ts'
import type { ServiceEvent, ServiceEventRule } from '../../src/model/service-event.ts'
import type { Seat, Standing } from '../../src/ports/services.ts'
import { ManualClock } from './manual-clock.ts'

const news: ServiceEventRule = { name: 'NEWS', from: 'all', to: 'all', delivery: 'all', data: {} }
const task: ServiceEventRule = {
  name: 'TASK',
  from: 'all',
  to: ['commands', 'panel'],
  delivery: 'one',
  data: {},
}

/** A service as the core sees it, that remembers what it was told. */
export class ServiceClient {
  readonly type: string
  readonly standings: Standing[] = []
  readonly got: string[] = []
  takes = true
  connected = true
  seat!: Seat

  constructor(type: string) {
    this.type = type
  }

  get session(): string {
    return this.standings[0]?.session ?? ''
  }

  get shards(): readonly number[] {
    return this.standings.at(-1)?.shards ?? []
  }

  leave(): void {
    this.connected = false
    this.seat.leave()
  }

  beat(heapUsed: number, busy: number | null = null): void {
    this.seat.beat({ heapUsed, busy, json: JSON.stringify({ heapUsed }) })
  }
}

/** The bus with a clock of the test's own, an event `NEWS` for all and an event `TASK` for one worker. */
export function servicesScene(settings: Partial<ServicesSettings> = {}) {
  const clock = new ManualClock()
  const lost: string[] = []
  const lines: Record<string, unknown>[] = []
  let ids = 0
  const services = createServices({
    clock,
    random: { id: () => `session-${++ids}`, integer: () => 0 },
    log: { info() {}, error() {}, warn: (fields) => lines.push(fields) },
    metrics: {
      count(name, _by, labels) {
        if (name === 'service_events_lost_total') lost.push(labels?.event ?? '')
      },
      gauge() {},
    },
    settings: {
      ...defaultServicesSettings,
      events: [...defaultServicesSettings.events, news, task],
      ...settings,
    },
  })

  function join(type: string, session: string | null = null): ServiceClient {
    const client = new ServiceClient(type)
    client.seat = services.join({
      type,
      session,
      identified: (standing) => client.standings.push(standing),
      deliver(event: ServiceEvent) {
        if (client.takes) client.got.push(event.data)
        return client.takes
      },
      replaced: () => client.leave(),
    })
    return client
  }

  return { clock, services, join, lost, lines }
}
