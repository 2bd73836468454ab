import type { Audience, Connection, Encoded, Wire } from '../ports/connection.ts'
import { Pending } from './pending.ts'
import { SocketConnection } from './socket-connection.ts'
import type { Turn } from './turn.ts'

/**
 * Connections that hear the same things. What is published gathers until the turn ends; it is then joined once, and each
 * member is given the same buffer.
 *
 * A member that is sent something directly in the middle of a turn must first be given what was published before.
 * `#handed` holds how far such members, and those that came or were left out meanwhile, have got; it is empty for most turns.
 * Between two audiences that share a member, order is kept from turn to turn, not within one.
 */
export class MemberAudience implements Audience {
  readonly #wire: Wire
  readonly #turn: Turn
  readonly #members = new Set<SocketConnection>()
  readonly #pending: Pending
  readonly #handed = new Map<SocketConnection, number>()

  constructor(wire: Wire, turn: Turn) {
    this.#wire = wire
    this.#turn = turn
    this.#pending = new Pending(wire)
  }

  get size(): number {
    return this.#members.size
  }

  add(connection: Connection): void {
    const member = this.#own(connection)
    if (this.#members.has(member)) return
    this.#members.add(member)
    member.joined(this)
    if (this.#pending.length > 0) this.#handed.set(member, this.#pending.length)
  }

  remove(connection: Connection): void {
    const member = this.#own(connection)
    if (!this.#members.has(member)) return
    this.handOver(member)
    this.#members.delete(member)
    this.#handed.delete(member)
    member.left(this)
  }

  publish(encoded: Encoded, except?: ReadonlySet<Connection>): void {
    if (this.#members.size === 0) return
    if (except !== undefined) for (const connection of except) this.handOver(this.#own(connection))
    if (this.#pending.length === 0) this.#turn.deliverAtEnd(this)
    this.#pending.push(encoded)
    if (except !== undefined) for (const connection of except) this.#skip(this.#own(connection))
  }

  /** Gives a member what was published so far in this turn. */
  handOver(member: SocketConnection): void {
    const { length } = this.#pending
    if (length === 0 || !this.#members.has(member)) return
    const from = this.#handed.get(member) ?? 0
    if (from === length) return
    this.#handed.set(member, length)
    member.give(this.#pending.renderNow(from, member.stamp))
  }

  /** The turn ends. */
  deliver(): void {
    const pending = this.#pending
    const noneIsAhead = this.#handed.size === 0
    for (const member of this.#members) {
      const from = noneIsAhead ? 0 : (this.#handed.get(member) ?? 0)
      if (from === pending.length) continue
      const bytes = pending.lendLast(from, member.stamp)
      if (!member.giveLast(bytes) && pending.stamped) pending.keepLent()
    }
    this.#handed.clear()
    pending.clear()
  }

  #skip(member: SocketConnection): void {
    if (this.#members.has(member)) this.#handed.set(member, this.#pending.length)
  }

  #own(connection: Connection): SocketConnection {
    if (connection instanceof SocketConnection && connection.wire === this.#wire) return connection
    throw new TypeError(`an audience of wire "${this.#wire}" takes only connections of that wire`)
  }
}
