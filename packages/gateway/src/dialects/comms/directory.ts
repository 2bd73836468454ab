import type { Room } from '../../model/room.ts'
import type { Connection } from '../../ports/connection.ts'
import type { Rooms, User } from '../../ports/core.ts'
import { channelText, executeFrame } from './frames.ts'

/** Tells everyone who may see it that there is a new channel. */
export class Directory {
  readonly #clients = new Map<Connection, User>()

  constructor(rooms: Rooms) {
    rooms.onCreated((room) => this.#announce(room))
  }

  add(connection: Connection, user: User): void {
    this.#clients.set(connection, user)
  }

  remove(connection: Connection): void {
    this.#clients.delete(connection)
  }

  #announce(room: Room): void {
    const frame = executeFrame('CHANNEL_ADD', `{"channel":${channelText(room)}}`, null)
    for (const [connection, user] of this.#clients) {
      if (room.access === 'public' || user.admin || user.userId === room.creatorId) connection.send(frame)
    }
  }
}
