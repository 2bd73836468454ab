import type { Actor } from '../model/participant.ts'
import type { RoomId } from '../model/room.ts'
import type { Connection } from './connection.ts'
import type { Addressee, InboxItem, Letter } from './inbox-store.ts'
import type { UserActor } from './memberships.ts'

/** What is told to users and kept nowhere. `at` in milliseconds since 1970. */
export type Notice =
  | {
      readonly kind: 'typing'
      readonly userId: string
      readonly room: RoomId
      readonly dialog: Letter['dialog']
      readonly at: number
    }
  | { readonly kind: 'online' | 'offline'; readonly userId: string; readonly at: number }

/** How a dialect says what reaches users by their inboxes. What all recipients share is encoded once. Never throws. */
export interface MailSpeech {
  /** Null: this protocol has no word for it. */
  letter(letter: Letter): ((addressee: Addressee) => string) | null
  notice(notice: Notice): (userId: string) => string
}

/** What reaches a user from all their rooms, over any connection of theirs. */
export interface Mail {
  /** A connection of this user, which hears nothing until it subscribes. The user's inbox gathers from now on. */
  open(userId: string): Promise<void>
  reader(userId: string, connection: Connection, speech: MailSpeech): MailReader
  /** An item of the inbox. Rejects with `unknown_event`, or `gap` when it cannot be shown any more. */
  item(userId: string, id: number): Promise<InboxItem>
  /** Everything after `after`. Rejects with `unknown_event`, `too_many_events` (more than `limit`) or `gap`. `epoch` as in `InboxStore.since`. */
  items(userId: string, after: number, limit: number, epoch?: string): Promise<readonly InboxItem[]>
  /** Tells the others in the room, however they are connected, that this user is writing something. */
  typing(room: RoomId, actor: Actor): Promise<void>
  /** Tells one user, with whom the actor has no dialog yet. */
  typingTo(other: string, actor: UserActor): void
  isOnline(userId: string): boolean
}

export interface MailReader {
  /**
   * Shows the user as online, then calls `greet` once, then sends what came after `after` (null: nothing), then what comes live, with
   * nothing lost or doubled between. Rejects with `unknown_event` when `after` is yet to come. A gap is told to `greet`; then nothing
   * is sent of what was missed. `epoch` is that of the welcome with which `after` was told or from which on it was counted; when it
   * shows that `after` is from another history, that is a gap, whatever comes after it.
   */
  subscribe(
    after: number | null,
    epoch: string | undefined,
    greet: (welcome: MailWelcome) => void,
  ): Promise<void>
  /** The event with this id is this connection's own doing, and so not told to it. */
  doing(eventId: string): void
  /** The user does not want to be seen over this connection, until `back`. */
  away(): void
  back(): void
  leave(): void
}

export interface MailWelcome {
  /** The id of the user's newest item. */
  readonly head: number
  /** Names the history that ids count in from now on. */
  readonly epoch: string
  /** The first id that can be replayed from, when what was missed cannot be. */
  readonly oldest: number | null
}
