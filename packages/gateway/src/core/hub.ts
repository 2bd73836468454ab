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

  /** Tells the event to everyone it is for but one member, then ends the stays that it ends. */
  publish(event: RoomEvent, exceptMember?: string): void {
    const room = this.#rooms.get(event.room)
    if (room === undefined) return
    room.publish(event, exceptMember)
    const { body } = event
    switch (body.kind) {
      case 'participant.kicked':
        this.#end(event.room, room.of(body.userId), 'kicked')
        break
      case 'participant.changed':
        if (body.changes.banned === true) this.#end(event.room, room.of(body.userId), 'banned')
        else for (const subscriber of room.of(body.userId)) subscriber.changed?.(body.changes)
        break
      case 'room.closed':
        this.#end(event.room, room.all(), 'closed')
        break
    }
  }

  /** All are taken out before the first is told, so that they do not hear each other leave. */
  #end(id: RoomId, subscribers: Subscriber[], ending: Ending): void {
    for (const subscriber of subscribers) {
      this.remove(id, subscriber)
      subscriber.ending = ending
    }
    for (const subscriber of subscribers) subscriber.ended(ending)
  }
}
