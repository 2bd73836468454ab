import type { DurableEvent } from '../model/event.ts'
import type { RoomId } from '../model/room.ts'

/** An event on its way to users rather than to those who attend its room. */
export interface Letter {
  readonly event: DurableEvent
  /** The two users whose dialog the event's room is; null for every other room. */
  readonly dialog: readonly [string, string] | null
}

/** A letter and to whom it goes. */
export interface Mailing {
  readonly dialog: Letter['dialog']
  readonly to: readonly Addressee[]
}

export interface Addressee {
  readonly userId: string
  /** The place in this user's inbox; null for the one who did it, whose other connections hear of it and who keeps nothing. */
  readonly id: number | null
}

/** A letter as it lies in one user's inbox. */
export interface InboxItem extends Letter {
  readonly id: number
}

/**
 * Per user, what their rooms had for them: 1, 2, 3… without a gap, kept in the transaction of the event pointed to. An item
 * cannot be shown any more when the event is gone, or when the user is no participant of its room, or was none in between.
 */
export interface InboxStore {
  /** From now on this user's inbox gathers. */
  open(userId: string): Promise<void>
  /** The id of the user's newest item; 0 before the first. */
  head(userId: string): Promise<number>
  /** Names the history that ids count in when they are told now. Opaque; another after every opening of the store. */
  epoch(): Promise<string>
  /**
   * Everything after `after`, oldest first, if that is at most `limit` items, with at most `bytes` as in `EventLog.since`, which can all be
   * shown. With the epoch in which `after` was told last, it is a gap, too, when the store does not have that history any more: an older
   * copy was restored.
   */
  since(
    userId: string,
    after: number,
    limit: number,
    epoch?: string | null,
    bytes?: number,
  ): Promise<InboxReplay>
  get(userId: string, id: number): Promise<InboxItem | null>
  /** The room's participants, not banned, whose inboxes are open. */
  readers(room: RoomId): Promise<{ readonly dialog: Letter['dialog']; readonly userIds: readonly string[] }>
}

export interface InboxReplay {
  /** The id of the user's newest item; 0 before the first. */
  readonly head: number
  /** Null is a gap. Never a part. */
  readonly items: readonly InboxItem[] | null
  /** The lowest id from which on all can be shown, as far as the store looked: `limit` items and `bytes` back. */
  readonly oldest: number
}
