import type { Member } from '../model/event.ts'
import type { RoomId } from '../model/room.ts'

interface Present {
  member: Member
  connections: number
}

/** Who is connected to each room: a member joins with its first connection and leaves with its last. */
export class Presence {
  readonly #rooms = new Map<RoomId, Map<string, Present>>()

  /** True when this is the member's first connection. A later one keeps the presence data that is there. */
  join(room: RoomId, member: Member): boolean {
    let members = this.#rooms.get(room)
    if (members === undefined) {
      members = new Map()
      this.#rooms.set(room, members)
    }
    const present = members.get(member.id)
    if (present !== undefined) {
      present.connections += 1
      return false
    }
    members.set(member.id, { member, connections: 1 })
    return true
  }

  /** The member, when its last connection has gone. */
  leave(room: RoomId, memberId: string): Member | null {
    const members = this.#rooms.get(room)
    const present = members?.get(memberId)
    if (members === undefined || present === undefined) return null
    present.connections -= 1
    if (present.connections > 0) return null
    members.delete(memberId)
    if (members.size === 0) this.#rooms.delete(room)
    return present.member
  }

  /** The member with its new data, or null when it is not there. */
  update(room: RoomId, memberId: string, presence: string): Member | null {
    const present = this.#rooms.get(room)?.get(memberId)
    if (present === undefined) return null
    present.member = { ...present.member, presence }
    return present.member
  }

  get(room: RoomId, memberId: string): Member | null {
    return this.#rooms.get(room)?.get(memberId)?.member ?? null
  }

  members(room: RoomId): Member[] {
    return [...(this.#rooms.get(room)?.values() ?? [])].map(({ member }) => member)
  }
}
