import type { Room } from '../../model/room.ts'
import type { Connection } from '../../ports/connection.ts'
import type { Rooms, User } from '../../ports/core.ts'
import { channelText, executeFrame } from './frames.ts'

/** Tells everyone who may see it that there is a new channel, and who may enter one from now on that it is there. */
export class Directory {
  readonly #clients = new Map<Connection, User>()

  constructor(rooms: Rooms) {
    rooms.onCreated((room, members) =>
      this.#announce(room, (user) => room.access === 'public' || user.admin || members.includes(user.userId)),
    )
    rooms.onAdmitted((room, userId) => this.#announce(room, (user) => user.userId === userId))
  }

  add(connection: Connection, user: User): void {
    this.#clients.set(connection, user)
  }

  remove(connection: Connection): void {
    this.#clients.delete(connection)
  }

  #announce(room: Room, sees: (user: User) => boolean): void {
    const frame = executeFrame('CHANNEL_ADD', `{"channel":${channelText(room)}}`, null)
    for (const [connection, user] of this.#clients) if (sees(user)) connection.send(frame)
  }
}
