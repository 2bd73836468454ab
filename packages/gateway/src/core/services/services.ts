import { covers, type ServiceEvent, type ServiceEventRule, sharder } from '../../model/service-event.ts'
import type { Clock, Random } from '../../ports/clock.ts'
import type { Log, Metrics } from '../../ports/log.ts'
import type { Seat, ServiceReport, ServiceRequest, Services } from '../../ports/services.ts'
import { EventTable } from './event-table.ts'
import { compareLoads, Load } from './load.ts'
import { LostEvents } from './lost-events.ts'
import type { ServicesSettings } from './settings.ts'
import { ShardBlocks } from './shard-blocks.ts'
import { type WaitingEvent, WaitingEvents } from './waiting-events.ts'

export interface ServicesTools {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly settings: ServicesSettings
}

export interface RunningServices extends Services {
  /** What still waits is lost, and no timer is left. */
  stop(): void
}

/** A service that is connected. */
interface Service {
  readonly session: Session
  readonly request: ServiceRequest
  readonly startTime: number
  readonly load: Load
  heartbeat: string
}

interface Session {
  readonly id: string
  readonly type: string
  /** Null while it is away. */
  service: Service | null
  /** Of a sharder. */
  shards: readonly number[] | null
  lost: number
  /** What is to happen if it stays away. */
  timers: (() => void)[]
}

/** The bus: who is connected, which shards each sharder runs, and who gets an event. */
export function createServices({ clock, random, log, metrics, settings }: ServicesTools): RunningServices {
  const table = new EventTable(settings.events)
  const blocks = new ShardBlocks(settings.shards, settings.sharders)
  const sessions = new Map<string, Session>()
  const services = new Set<Service>()
  const lostEvents = new LostEvents(clock, log, metrics)
  const waiting = new WaitingEvents({ time: settings.waitTime, most: settings.waitMost }, lose)
  let cancelExpiry: (() => void) | null = null
  let stopped = false

  metrics.gauge('services_connected', 'Services that have identified.', () => services.size)
  metrics.gauge('service_events_waiting', 'Events that wait for a service to take them.', () => waiting.size)

  function join(request: ServiceRequest): Seat {
    const { session, resumed } = sessionFor(request)
    const now = clock.monotonic()
    const service: Service = {
      session,
      request,
      startTime: clock.now(),
      load: new Load(now),
      heartbeat: '{}',
    }
    session.service = service
    services.add(service)
    if (session.type === sharder) session.shards = blocks.take(session.id) ?? []
    const { lost } = session
    session.lost = 0
    request.identified({ session: session.id, shards: session.shards, resumed, lost })
    waiting.hand(session.type, session.id, (event) => give(service, event))
    return seatOf(service)
  }

  function sessionFor({ type, session: id }: ServiceRequest): { session: Session; resumed: boolean | null } {
    const known = id === null ? undefined : sessions.get(id)
    if (known === undefined || known.type !== type) {
      const session: Session = {
        id: random.id(22),
        type,
        service: null,
        shards: null,
        lost: 0,
        timers: [],
      }
      sessions.set(session.id, session)
      return { session, resumed: id === null ? null : false }
    }
    for (const cancel of known.timers.splice(0)) cancel()
    const before = known.service
    if (before !== null) {
      known.service = null
      services.delete(before)
      before.request.replaced()
    }
    return { session: known, resumed: true }
  }

  function seatOf(service: Service): Seat {
    const { session, load } = service
    return {
      beat({ heapUsed, busy, json }) {
        load.beat(clock.monotonic(), heapUsed, busy)
        service.heartbeat = json
      },
      send(name, data) {
        const { rule, event } = table.judge(name, session.type, data)
        metrics.count('service_events_total', 1, { event: name })
        if (rule.delivery === 'one') toOne(rule, event, session)
        else toAll(rule, event, session)
      },
      leave() {
        if (session.service === service) goAway(service)
      },
    }
  }

  function goAway(service: Service): void {
    const { session } = service
    services.delete(service)
    session.service = null
    if (stopped) return
    session.timers.push(clock.after(settings.resumeWindow, () => forget(session)))
    if (session.type !== sharder) return
    blocks.leave(session.id)
    session.timers.push(
      clock.after(settings.shardGrace, () => {
        blocks.release(session.id)
        handOnShards()
      }),
    )
  }

  function forget({ id, timers }: Session): void {
    for (const cancel of timers) cancel()
    sessions.delete(id)
    blocks.forget(id)
    waiting.forget(id)
    handOnShards()
  }

  /** To the sharders that have none, the one that has waited longest first. */
  function handOnShards(): void {
    for (const { session, request } of services) {
      if (session.shards?.length !== 0) continue
      const shards = blocks.take(session.id)
      if (shards === null) return
      session.shards = shards
      request.identified({ session: session.id, shards, resumed: null, lost: 0 })
    }
  }

  function toOne(rule: ServiceEventRule, event: ServiceEvent, sender: Session): void {
    const now = clock.monotonic()
    const left = takers(rule, sender)
    while (left.length > 0) {
      const idlest = left.reduce((best, one) =>
        compareLoads(one.load, best.load, now, settings.overdueAfter) < 0 ? one : best,
      )
      if (give(idlest, event)) return
      left.splice(left.indexOf(idlest), 1)
    }
    wait({ rule, event, sender: sender.id, since: now, forAnyone: true, sessions: new Set() })
  }

  function toAll(rule: ServiceEventRule, event: ServiceEvent, sender: Session): void {
    const given = new Set(takers(rule, sender).filter((service) => give(service, event)))
    const missing = [...sessions.values()].filter(
      (one) =>
        one !== sender && covers(rule.to, one.type) && (one.service === null || !given.has(one.service)),
    )
    const forAnyone = given.size === 0
    if (!forAnyone && missing.length === 0) return
    const since = clock.monotonic()
    wait({ rule, event, sender: sender.id, since, forAnyone, sessions: new Set(missing.map(({ id }) => id)) })
  }

  function takers(rule: ServiceEventRule, sender: Session): Service[] {
    return [...services].filter(({ session }) => session !== sender && covers(rule.to, session.type))
  }

  function give(service: Service, event: ServiceEvent): boolean {
    if (!service.request.deliver(event)) return false
    service.load.give(clock.monotonic())
    return true
  }

  function wait(event: WaitingEvent): void {
    waiting.add(event)
    if (cancelExpiry === null) expire()
  }

  function expire(): void {
    const now = clock.monotonic()
    const next = waiting.expire(now)
    cancelExpiry = next === null ? null : clock.after(next - now, expire)
  }

  function lose({ name }: ServiceEvent, nobodyHadIt: boolean, missedBy: ReadonlySet<string>): void {
    if (nobodyHadIt) lostEvents.add(name)
    for (const id of missedBy) {
      const session = sessions.get(id)
      if (session !== undefined) session.lost += 1
    }
  }

  function report({ session, startTime, heartbeat }: Service): ServiceReport {
    return { type: session.type, startTime, heartbeat, shards: session.shards }
  }

  return {
    join,
    list: () => [...services].map(report),
    stop() {
      stopped = true
      cancelExpiry?.()
      for (const { timers } of sessions.values()) for (const cancel of timers) cancel()
      waiting.loseAll()
      lostEvents.report()
    },
  }
}
