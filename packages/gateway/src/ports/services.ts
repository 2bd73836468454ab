import type { JsonText } from '../model/event.ts'
import type { ServiceEvent } from '../model/service-event.ts'

/** What the dialect of services asks of the core: who is connected, who runs which shards, and who gets an event. */
export interface Services {
  /** Takes a service in: `identified` is called at once, then `deliver` with what has waited for it. */
  join(request: ServiceRequest): Seat
  /** The services connected now, in the order they came. */
  list(): ServiceReport[]
}

/** One connection's wish to be a service. */
export interface ServiceRequest {
  readonly type: string
  /** The session to go on with, if there was one. */
  readonly session: string | null
  /** How it stands: first of all, and anew whenever its shards change. */
  identified(standing: Standing): void
  /** False when it cannot take the event any more: another will get it. */
  deliver(event: ServiceEvent): boolean
  /** Another connection has gone on with its session; this one is a service no longer. */
  replaced(): void
}

export interface Standing {
  /** Opens the session to whoever also knows the secret: 132 random bits. */
  readonly session: string
  /** Of a sharder: the shards it is to run, none while all are taken. */
  readonly shards: readonly number[] | null
  /** Whether the session asked for was gone on with; null when none was. */
  readonly resumed: boolean | null
  /** How many events for all were lost to it while it was away. */
  readonly lost: number
}

/** What a service says of itself every so often. */
export interface ServiceHeartbeat {
  /** Bytes. */
  readonly heapUsed: number
  /** How many things it is working on; null where it does not tell. */
  readonly busy: number | null
  /** All of it, as a JSON object. */
  readonly json: JsonText
}

/** A service's place on the bus. */
export interface Seat {
  beat(heartbeat: ServiceHeartbeat): void
  /**
   * Passes an event on. Throws `invalid_request` when there is no such event or its data does not fit (naming the path under
   * `d`), `forbidden` when a service of this type may not send it.
   */
  send(name: string, data: unknown): void
  /** Its connection has gone. The session can be gone on with for a while. */
  leave(): void
}

export interface ServiceReport {
  readonly type: string
  /** When it identified. Milliseconds since 1970. */
  readonly startTime: number
  /** What its last heartbeat said: a JSON object, empty before the first. */
  readonly heartbeat: JsonText
  readonly shards: readonly number[] | null
}
