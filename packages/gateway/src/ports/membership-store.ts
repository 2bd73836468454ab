import type { Message } from '../model/message.ts'
import type { Marks } from '../model/receipt.ts'
import type { Room, RoomId } from '../model/room.ts'

/** A room as one of its participants sees it in a list. */
export interface Membership {
  readonly room: Room
  readonly lastMessage: Message | null
  /** How far this user has marked it. */
  readonly marks: Marks
  /** Messages of others after the last one read; counted up to 100. Where the user has written lately, only recent ones may be counted. */
  readonly unread: number
  /** Of a dialog: the other user's name. */
  readonly otherName: string | null
  /** How many participants are not banned. */
  readonly participants: number
}

/** In which rooms a user is a participant, and not banned. */
export interface MembershipStore {
  /** Those last written in first, after the room `after` (null: from the first): one query, whatever the number of rooms. */
  page(userId: string, after: RoomId | null, limit: number): Promise<Membership[]>
  get(userId: string, room: RoomId): Promise<Membership | null>
  /** Users with open inboxes who share a room with this one. */
  peers(userId: string, limit: number): Promise<string[]>
  /** Whether these two share a room. */
  share(one: string, other: string): Promise<boolean>
}
