import type { Socket } from 'node:net'
import { Problem, type ProblemCode } from '../model/problem.ts'
import type { Clock } from '../ports/clock.ts'
import type { Connection, ConnectionHandler, Encoded, Wire } from '../ports/connection.ts'
import type { Log, Metrics } from '../ports/log.ts'
import type { Backlogs } from './backlogs.ts'
import type { EndedUsers } from './ended-users.ts'
import type { TransportLimits } from './limits.ts'
import { Outbox, type OutboxOwner } from './outbox.ts'
import { toBytes } from './pending.ts'
import type { Registry } from './registry.ts'
import { type Timed, type TimingWheel, unscheduled } from './timing-wheel.ts'
import type { Turn } from './turn.ts'

/** What all connections of one transport have in common. */
export interface Surroundings {
  readonly limits: TransportLimits
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly turn: Turn
  readonly wheel: TimingWheel
  readonly backlogs: Backlogs
  readonly registry: Registry<SocketConnection>
  readonly endedUsers: EndedUsers
}

/** An audience, as its members know it. */
interface Membership {
  handOver(member: SocketConnection): void
}

const never = Number.POSITIVE_INFINITY
const noMemberships: readonly Membership[] = []

/** One open socket: what WebSockets and event streams have in common. */
export abstract class SocketConnection implements Connection, OutboxOwner, Timed {
  abstract readonly wire: Wire
  readonly id: string
  /** The client's, behind trusted proxies the forwarded one. */
  readonly address: string
  dueAt = never
  slot = unscheduled
  previous: Timed | null = null
  following: Timed | null = null
  readonly socket: Socket
  protected readonly surroundings: Surroundings
  protected handler: ConnectionHandler | null = null
  readonly #outbox: Outbox
  #open = true
  #blamed = false
  #userId: string | null = null
  #stamp = ''
  #memberships = noMemberships
  #wakeAt = never
  #expiresAt = never

  constructor(id: string, address: string, socket: Socket, surroundings: Surroundings) {
    this.id = id
    this.address = address
    this.socket = socket
    this.surroundings = surroundings
    this.#outbox = new Outbox(socket, this, surroundings.turn, surroundings.backlogs)
  }

  get open(): boolean {
    return this.#open
  }

  /** Whose connection it is; null while it was not identified. */
  get userId(): string | null {
    return this.#userId
  }

  get stamp(): string {
    return this.#stamp
  }

  set stamp(stamp: string) {
    this.#catchUp()
    this.#stamp = stamp
  }

  abstract get writable(): boolean

  abstract limitMessages(bytes: number): void
  abstract ping(): void
  abstract pause(): void
  abstract resume(): void

  /** Hands the connection to a dialect. */
  start(open: (connection: Connection) => ConnectionHandler): void {
    this.surroundings.registry.add(this)
    try {
      this.handler = open(this)
    } catch (error) {
      this.#mistaken(error)
    }
  }

  send(encoded: Encoded): void {
    if (!this.#open) return
    this.#catchUp()
    this.#outbox.push(toBytes(encoded, this.wire, this.#stamp))
  }

  /** Bytes from an audience. */
  give(bytes: Buffer): void {
    if (this.#open) this.#outbox.push(bytes)
  }

  /**
   * Bytes from an audience at the end of a turn. True: they have been taken, and the buffer is free again. A member of several audiences
   * may get more in this turn, which is then written together.
   */
  giveLast(bytes: Buffer): boolean {
    if (!this.#open) return true
    if (this.#memberships.length === 1) return this.#outbox.writeThrough(bytes)
    this.#outbox.push(bytes)
    return false
  }

  close(code: number, reason: string, because?: ProblemCode): void {
    if (!this.#open) return
    this.#catchUp()
    this.#open = false
    if (because !== undefined) this.#blame(because, reason)
    this.#outbox.endWith(() => this.finish(code, reason))
    this.surroundings.wheel.schedule(this, this.#now() + this.surroundings.limits.closeGrace)
  }

  identify(userId: string, expiresAt?: number): void {
    if (!this.#open) return
    const before = this.#userId
    this.#userId = userId
    this.surroundings.registry.identified(this, before)
    if (expiresAt !== undefined) this.#expireAt(expiresAt)
    const ended = this.surroundings.endedUsers.whyEnded(userId)
    // Not at once: this may be called while the handler is being made, which is to say it in its own words.
    if (ended !== null) queueMicrotask(() => this.refuse(ended, true))
  }

  wakeIn(ms: number): void {
    this.#wakeAt = this.#now() + ms
    this.#reschedule()
  }

  /**
   * Tells the handler of a problem; when that is fatal, the connection is closed afterwards, if not by the handler then here. Some protocols
   * also end it for what is not.
   */
  refuse(problem: Problem, fatal: boolean, dropped?: Buffer): void {
    if (!this.#open) return
    try {
      this.handler?.refuse(problem, fatal, dropped)
    } catch (error) {
      this.#report(error)
      this.close(closeCode('internal'), '')
    }
    if (fatal) this.close(closeCode(problem.code), '')
    if (!this.#open) this.#blame(problem.code, problem.message)
  }

  tooSlow(): void {
    if (!this.#open) {
      this.destroy()
      return
    }
    this.surroundings.metrics.count('slow_consumers_total')
    this.#outbox.drop()
    this.refuse(new Problem('slow_consumer'), true)
  }

  elapsed(): void {
    if (!this.#open) {
      this.destroy()
      return
    }
    const now = this.#now()
    if (this.#expiresAt <= now) return this.refuse(new Problem('token_expired'), true)
    if (this.#wakeAt <= now) {
      this.#wakeAt = never
      this.attempt((handler) => handler.wake())
    }
    this.#reschedule()
  }

  destroy(): void {
    this.socket.destroy()
  }

  joined(audience: Membership): void {
    // Not a spread, which reserves room for sixteen more.
    this.#memberships = this.#memberships.concat(audience)
  }

  left(audience: Membership): void {
    this.#memberships = this.#memberships.filter((one) => one !== audience)
  }

  /** Ends the connection in the words of its wire; everything sent before has been written. */
  protected abstract finish(code: number, reason: string): void

  /** Whatever the handler throws costs its own connection only. */
  protected attempt(call: (handler: ConnectionHandler) => void): void {
    if (this.handler === null) return
    try {
      call(this.handler)
    } catch (error) {
      this.#mistaken(error)
    }
  }

  /** The socket has gone. */
  protected gone(): void {
    this.#open = false
    this.surroundings.wheel.cancel(this)
    this.surroundings.backlogs.forget(this.#outbox)
    this.#outbox.drop()
    try {
      this.handler?.closed()
    } catch (error) {
      this.#report(error)
    }
    this.surroundings.registry.remove(this)
  }

  /** One line for a connection, whoever ends it: for each frame it would be a flood of its own. */
  #blame(code: ProblemCode, says: string): void {
    if (this.#blamed || !isWorthALine(code)) return
    this.#blamed = true
    const { id, address } = this
    this.surroundings.log.warn({ connection: id, address, code }, says)
    this.surroundings.metrics.count('connections_refused_total', 1, { code })
  }

  #mistaken(error: unknown): void {
    this.#report(error)
    this.refuse(new Problem('internal'), true)
  }

  #report(error: unknown): void {
    this.surroundings.log.error({ connection: this.id, err: error }, 'the handler of a connection threw')
  }

  /** What was published before comes first. */
  #catchUp(): void {
    for (const audience of this.#memberships) audience.handOver(this)
  }

  /** Against the clock that never jumps: a corrected wall clock must not end every connection at once. */
  #expireAt(expiresAt: number): void {
    this.#expiresAt = this.#now() + Math.max(0, expiresAt - this.surroundings.clock.now())
    this.#reschedule()
  }

  #now(): number {
    return this.surroundings.clock.monotonic()
  }

  #reschedule(): void {
    if (!this.#open) return
    const dueAt = Math.min(this.#wakeAt, this.#expiresAt)
    if (dueAt !== never) this.surroundings.wheel.schedule(this, dueAt)
  }
}

/** Whether a connection that ends so is logged; the others end as planned. */
function isWorthALine(code: ProblemCode): boolean {
  return code !== 'going_down' && code !== 'token_expired' && code !== 'internal'
}

/** For a handler that was told of a fatal problem and did not close (RFC 6455 §7.4.1, and 1012 of the IANA registry). */
function closeCode(code: ProblemCode): number {
  if (code === 'going_down') return 1012
  if (code === 'internal') return 1011
  return code === 'payload_too_large' ? 1009 : 1008
}
