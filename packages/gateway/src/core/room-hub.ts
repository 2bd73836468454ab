import type { RoomEvent } from '../model/event.ts'
import type { Audience, Connection, Encoded, Outbound } from '../ports/connection.ts'
import type { Speech } from '../ports/core.ts'
import type { Subscriber } from './subscriber.ts'

interface Own {
  readonly subscriber: Subscriber
  readonly speech: Speech
}

const listens = (subscriber: Subscriber): boolean => subscriber.listens

/** The subscribers of one room. Those who share a speech share an audience, and each event is encoded once for it. */
export class RoomHub {
  /** How many members listen, in the sense of emits. */
  listening = 0
  readonly #outbound: Outbound
  readonly #audiences = new Map<Speech, Audience>()
  readonly #members = new Map<string, Subscriber[]>()
  readonly #catchingUp = new Set<Subscriber>()
  /** Events under way that their author hears otherwise than the rest. */
  readonly #own = new Map<string, Own>()

  constructor(outbound: Outbound) {
    this.#outbound = outbound
  }

  /** How many members have a subscriber here. */
  get size(): number {
    return this.#members.size
  }

  has(memberId: string): boolean {
    return this.#members.has(memberId)
  }

  add(subscriber: Subscriber): void {
    const others = this.#members.get(subscriber.memberId)
    if (subscriber.listens && !others?.some(listens)) this.listening += 1
    if (others === undefined) this.#members.set(subscriber.memberId, [subscriber])
    else others.push(subscriber)
    this.#catchingUp.add(subscriber)
  }

  /** The subscriber has been told all that came before: it hears the rest as it comes. */
  goLive(subscriber: Subscriber): void {
    this.#catchingUp.delete(subscriber)
    subscriber.backlog = null
    this.#audience(subscriber.speech).add(subscriber.connection)
  }

  remove(subscriber: Subscriber): void {
    const all = this.#members.get(subscriber.memberId)
    if (all === undefined || !all.includes(subscriber)) return
    all.splice(all.indexOf(subscriber), 1)
    if (all.length === 0) this.#members.delete(subscriber.memberId)
    if (subscriber.listens && !all.some(listens)) this.listening -= 1
    if (!this.#catchingUp.delete(subscriber)) this.#leaveAudience(subscriber)
  }

  speak(subscriber: Subscriber, speech: Speech): void {
    if (subscriber.speech === speech) return
    const live = subscriber.backlog === null
    if (live) this.#leaveAudience(subscriber)
    subscriber.speech = speech
    if (live) this.#audience(speech).add(subscriber.connection)
  }

  publish(event: RoomEvent, exceptMember?: string): void {
    for (const subscriber of this.#catchingUp) {
      if (subscriber.memberId !== exceptMember) subscriber.backlog?.push(event)
    }
    const own = this.#own.size === 0 ? undefined : this.#own.get(event.id)
    if (event.targets !== undefined) this.#toTargets(event, event.targets)
    else if (own !== undefined) this.#toAuthor(event, own)
    else this.#toAll(event, exceptMember === undefined ? undefined : this.#connectionsOf(exceptMember))
  }

  /** The subscriber hears the event with this id in a speech of its own. */
  hearOwn(eventId: string, subscriber: Subscriber, speech: Speech): void {
    this.#own.set(eventId, { subscriber, speech })
  }

  forget(eventId: string): void {
    this.#own.delete(eventId)
  }

  /** All subscribers of a user, or of the member with that id. */
  of(userOrMember: string): Subscriber[] {
    return this.all().filter(({ userId, memberId }) => userId === userOrMember || memberId === userOrMember)
  }

  all(): Subscriber[] {
    return [...this.#members.values()].flat()
  }

  /** Ids of the members that emits count and can choose; with `acknowledging`, of those who can also acknowledge. */
  listeners(acknowledging: boolean): string[] {
    const ids: string[] = []
    for (const [id, subscribers] of this.#members) {
      if (subscribers.some((one) => one.listens && (one.acknowledges || !acknowledging))) ids.push(id)
    }
    return ids
  }

  #toAll(event: RoomEvent, except?: ReadonlySet<Connection>): void {
    for (const [speech, audience] of this.#audiences) {
      const encoded = speech.encode(event)
      if (encoded !== null) audience.publish(encoded, except)
    }
  }

  #toAuthor(event: RoomEvent, { subscriber, speech }: Own): void {
    this.#own.delete(event.id)
    this.#toAll(event, new Set([subscriber.connection]))
    const encoded = subscriber.backlog === null && subscriber.ending === null ? speech.encode(event) : null
    if (encoded !== null) subscriber.connection.send(encoded)
  }

  #connectionsOf(memberId: string): Set<Connection> {
    return new Set(this.#members.get(memberId)?.map(({ connection }) => connection))
  }

  #toTargets(event: RoomEvent, targets: readonly string[]): void {
    const said = new Map<Speech, Encoded | null>()
    for (const memberId of targets) {
      for (const { speech, connection, backlog } of this.#members.get(memberId) ?? []) {
        if (backlog !== null) continue
        let encoded = said.get(speech)
        if (encoded === undefined) {
          encoded = speech.encode(event)
          said.set(speech, encoded)
        }
        if (encoded !== null) connection.send(encoded)
      }
    }
  }

  #audience(speech: Speech): Audience {
    let audience = this.#audiences.get(speech)
    if (audience === undefined) {
      audience = this.#outbound.audience(speech.wire)
      this.#audiences.set(speech, audience)
    }
    return audience
  }

  #leaveAudience({ speech, connection }: Subscriber): void {
    const audience = this.#audiences.get(speech)
    if (audience === undefined) return
    audience.remove(connection)
    if (audience.size === 0) this.#audiences.delete(speech)
  }
}
