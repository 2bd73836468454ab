import type { Actor } from '../model/participant.ts'
import type { Room, RoomId } from '../model/room.ts'
import type { Membership } from './membership-store.ts'

/** Someone with a user id. */
export type UserActor = Actor & { readonly userId: string }

/** What an id means to a user: the dialog with the user of that id, or else the room of that id. */
export interface Place {
  readonly room: RoomId
  /** The other user, where it is a dialog. */
  readonly other: string | null
}

/** The rooms a user is a participant of, and how they come to be. Repeating an act with its key changes nothing. */
export interface Memberships {
  page(actor: UserActor, after: RoomId | null, limit: number): Promise<Membership[]>
  /** Rejects with `unknown_room`, `not_a_member` or `banned`. */
  get(actor: UserActor, room: RoomId): Promise<Membership>
  place(actor: UserActor, id: string): Promise<Place>
  /** Rejects with `unknown_user` for one who may not be written to by this actor. */
  reach(actor: UserActor, userId: string): Promise<void>
  /** Makes the dialog with this user unless it is there. Rejects with `unknown_user` for one who may not be written to, and `rate_limited`. */
  openDialog(actor: UserActor, other: string): Promise<void>
  /** The actor is its admin. Rejects with `unknown_user`. */
  createGroup(actor: UserActor, name: string, members: readonly string[], key: string): Promise<Room>
  invite(actor: UserActor, room: RoomId, userId: string, key: string): Promise<void>
  leave(actor: UserActor, room: RoomId, key: string): Promise<void>
}
