import type { RoomEvent } from '../model/event.ts'
import type { RoomId } from '../model/room.ts'
import type { Outbound } from '../ports/connection.ts'
import type { Ending, Speech } from '../ports/core.ts'
import { RoomHub } from './room-hub.ts'
import type { Subscriber } from './subscriber.ts'

/** Who hears each room here, and fan-out. A publish costs what its room has subscribers, whatever other rooms there are. */
export class Hub {
  readonly #outbound: Outbound
  readonly #rooms = new Map<RoomId, RoomHub>()

  constructor(outbound: Outbound) {
    this.#outbound = outbound
  }

  get roomCount(): number {
    return this.#rooms.size
  }

  room(id: RoomId): RoomHub | undefined {
    return this.#rooms.get(id)
  }

  isThere(id: RoomId, memberId: string): boolean {
    return this.#rooms.get(id)?.has(memberId) ?? false
  }

  /** From now on the subscriber's backlog gathers what happens. */
  add(id: RoomId, subscriber: Subscriber): RoomHub {
    let room = this.#rooms.get(id)
    if (room === undefined) {
      room = new RoomHub(this.#outbound)
      this.#rooms.set(id, room)
    }
    room.add(subscriber)
    return room
  }

  remove(id: RoomId, subscriber: Subscriber): void {
    const room = this.#rooms.get(id)
    if (room === undefined) return
    room.remove(subscriber)
    if (room.size === 0) this.#rooms.delete(id)
  }

  speak(id: RoomId, subscriber: Subscriber, speech: Speech): void {
    this.#rooms.get(id)?.speak(subscriber, speech)
  }

  /** Tells the event to everyone it is for but one member, and ends the stays that it ends. */
  publish(event: RoomEvent, exceptMember?: string): void {
    const room = this.#rooms.get(event.room)
    if (room === undefined) return
    const { body } = event
    if (body.kind === 'participant.kicked') return this.#sendAway(room, event, body.userId, 'kicked')
    if (body.kind === 'participant.changed' && body.changes.banned === true)
      return this.#sendAway(room, event, body.userId, 'banned')
    room.publish(event, exceptMember)
    if (body.kind === 'participant.changed')
      for (const subscriber of room.of(body.userId)) subscriber.changed?.(body.changes)
    if (body.kind === 'room.closed') {
      const all = room.all()
      this.#takeOut(event.room, all, 'closed')
      for (const subscriber of all) subscriber.ended('closed')
    }
  }

  /**
   * Who is sent away is told so without the event's place in the log: whatever is written until they come back has a later place than
   * any they know, so that a replay of it would have to begin before this event, and is refused for that.
   */
  #sendAway(room: RoomHub, event: RoomEvent, userOrMember: string, ending: Ending): void {
    const subscribers = room.of(userOrMember)
    this.#takeOut(event.room, subscribers, ending)
    room.publish(event)
    for (const subscriber of subscribers) {
      if (subscriber.backlog === null) subscriber.tell({ ...event, seq: null })
      subscriber.ended(ending)
    }
  }

  /** All are taken out before the first is told, so that they do not hear each other leave. */
  #takeOut(id: RoomId, subscribers: readonly Subscriber[], ending: Ending): void {
    for (const subscriber of subscribers) {
      this.remove(id, subscriber)
      subscriber.ending = ending
    }
  }
}
