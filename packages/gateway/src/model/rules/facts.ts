import type { Act } from '../act.ts'
import type { DurableBody } from '../event.ts'
import type { Message } from '../message.ts'
import type { Participant } from '../participant.ts'
import type { Mark, MarkedAuthor, Marks } from '../receipt.ts'
import type { Room } from '../room.ts'

/** What an act must be judged against. An engine reads it in the transaction that keeps the act's outcome. */
export interface Facts {
  readonly room: Room | null
  /** The room's last `seq` and message number; 0 when there is none. */
  readonly head: { readonly seq: number; readonly number: number }
  /** The id a message made now would get. */
  readonly nextMessageId: number
  /** The actor's own record in this room; of one who shows a credential, the record that it is for. */
  readonly actor: Participant | null
  /** The participant the act is about. */
  readonly subject: Participant | null
  readonly message: Message | null
  /** Participants who are not banned. */
  readonly activeParticipants: number
  readonly nameTaken: boolean
  /** Only when `needs` asked for it. */
  readonly receipts?: ReceiptFacts
}

export interface ReceiptFacts {
  /** How far the actor had marked before. */
  readonly marks: Marks
  /** The others who wrote what would now be marked: numbers above the old mark, up to the new one. */
  readonly authors: readonly MarkedAuthor[]
}

/** Which facts beyond the room and the actor an act wants read. */
export interface Needs {
  readonly subject?: string
  readonly message?: number
  /** Whether this name is taken, and how many participants are active. */
  readonly newName?: string
  /** How far the actor has marked, and whose messages a mark up to here would newly cover. */
  readonly receipts?: { readonly mark: Mark; readonly upTo: number }
}

export function needs(act: Act): Needs {
  switch (act.body.kind) {
    case 'participant.join':
      return { subject: act.body.joiner.userId, newName: act.body.joiner.name }
    case 'participant.invite':
      return { subject: act.body.invitee.userId, newName: act.body.invitee.name }
    case 'participant.change':
    case 'participant.kick':
      return { subject: act.body.userId }
    case 'message.edit':
    case 'message.delete':
      return { message: act.body.number }
    case 'receipts.mark':
      return { receipts: { mark: act.body.mark, upTo: act.body.upTo } }
    default:
      return {}
  }
}

/** One thing for the engine to keep, in the order given. */
export type Change =
  | { readonly kind: 'room.put'; readonly room: Room }
  /** The room with its participants, messages and log. What waits in the outbox stays. */
  | { readonly kind: 'room.remove' }
  /** `credentialHash`: undefined leaves the one there is. */
  | {
      readonly kind: 'participant.put'
      readonly participant: Participant
      readonly credentialHash?: string | null
    }
  | { readonly kind: 'participant.remove'; readonly userId: string }
  | { readonly kind: 'message.put'; readonly message: Message }
  /**
   * Its text leaves the store: the record is put as given, no replay shows its creation or edits again, and what is to be posted of it, or
   * was given up, leaves the outbox.
   */
  | { readonly kind: 'message.erase'; readonly message: Message }
  /** One step of a user's mark in the room. Steps only rise; the time of a message is that of the first step that covers it. */
  | {
      readonly kind: 'receipt.put'
      readonly userId: string
      readonly mark: Mark
      readonly upTo: number
      readonly at: number
    }
  /** From now on the user's inbox gathers what their rooms have for them. */
  | { readonly kind: 'inbox.open'; readonly userId: string }
  /** To be posted to a webhook. */
  | {
      readonly kind: 'delivery.put'
      readonly messageId: number
      readonly url: string
      readonly authorName: string
      readonly content: string
    }

/** What an allowed act leads to: at most one event, and what to keep. */
export interface Decision {
  readonly event: DurableBody | null
  readonly changes: readonly Change[]
  /**
   * Whose inboxes the event goes into, as far as these are open: the room's participants who are not banned, other than the
   * actor; or the participants named. Absent: nobody's.
   */
  readonly inbox?: 'others' | readonly string[]
  /** The room as it is afterwards. With an event, its head and `lastActiveAt` are kept without a `room.put`. */
  readonly room: Room
  /** The participant who was made or changed. */
  readonly participant?: Participant
}
