import { covers, type ServiceEvent, type ServiceEventRule } from '../../model/service-event.ts'

export interface WaitingEvent {
  readonly rule: ServiceEventRule
  readonly event: ServiceEvent
  /** The session that sent it, and does not get it. */
  readonly sender: string
  /** Milliseconds on the monotonic clock. */
  readonly since: number
  /** Nobody has had it: it is for whoever comes first. */
  forAnyone: boolean
  /** Sessions that were away when others had it, or would have. */
  readonly sessions: Set<string>
}

export interface Bounds {
  /** Milliseconds. */
  readonly time: number
  /** Of one name. */
  readonly most: number
}

/** Called for each event that goes without having reached everybody it was for. */
export type OnLost = (event: ServiceEvent, nobodyHadIt: boolean, sessions: ReadonlySet<string>) => void

/** Events that nobody could take, in the order they came. The oldest go first when there are too many. */
export class WaitingEvents {
  readonly #bounds: Bounds
  readonly #lost: OnLost
  /** By name, then by a number that rises with every event. */
  readonly #byName = new Map<string, Map<number, WaitingEvent>>()
  #count = 0

  constructor(bounds: Bounds, lost: OnLost) {
    this.#bounds = bounds
    this.#lost = lost
  }

  get size(): number {
    let size = 0
    for (const events of this.#byName.values()) size += events.size
    return size
  }

  add(waiting: WaitingEvent): void {
    const { name } = waiting.event
    let events = this.#byName.get(name)
    if (events === undefined) {
      events = new Map()
      this.#byName.set(name, events)
    }
    events.set(++this.#count, waiting)
    if (events.size > this.#bounds.most) this.#loseOldest(events)
  }

  /** Hands a service what has waited for it, in order, for as long as it takes it. */
  hand(type: string, session: string, take: (event: ServiceEvent) => boolean): void {
    const own: [number, WaitingEvent][] = []
    for (const events of this.#byName.values()) {
      for (const [number, waiting] of events) if (isFor(waiting, type, session)) own.push([number, waiting])
    }
    own.sort(([a], [b]) => a - b)
    for (const [number, waiting] of own) {
      if (!take(waiting.event)) return
      waiting.forAnyone = false
      waiting.sessions.delete(session)
      this.#dropIfDone(number, waiting)
    }
  }

  /** The session will not come back. */
  forget(session: string): void {
    for (const events of this.#byName.values()) {
      for (const [number, waiting] of events) {
        if (waiting.sessions.delete(session)) this.#dropIfDone(number, waiting)
      }
    }
  }

  /** Loses what has waited too long. Returns when the next will have, or null when nothing waits. */
  expire(now: number): number | null {
    let next = Number.POSITIVE_INFINITY
    for (const events of this.#byName.values()) {
      let oldest = first(events)
      while (oldest !== undefined && oldest.since + this.#bounds.time <= now) {
        this.#loseOldest(events)
        oldest = first(events)
      }
      if (oldest !== undefined) next = Math.min(next, oldest.since + this.#bounds.time)
    }
    return next === Number.POSITIVE_INFINITY ? null : next
  }

  loseAll(): void {
    for (const events of this.#byName.values()) while (events.size > 0) this.#loseOldest(events)
  }

  #loseOldest(events: Map<number, WaitingEvent>): void {
    for (const [number, { event, forAnyone, sessions }] of events) {
      events.delete(number)
      this.#lost(event, forAnyone, sessions)
      return
    }
  }

  #dropIfDone(number: number, { event, forAnyone, sessions }: WaitingEvent): void {
    if (!forAnyone && sessions.size === 0) this.#byName.get(event.name)?.delete(number)
  }
}

function isFor({ rule, sender, forAnyone, sessions }: WaitingEvent, type: string, session: string): boolean {
  return sessions.has(session) || (forAnyone && sender !== session && covers(rule.to, type))
}

function first<Value>(map: ReadonlyMap<unknown, Value>): Value | undefined {
  for (const value of map.values()) return value
  return undefined
}
