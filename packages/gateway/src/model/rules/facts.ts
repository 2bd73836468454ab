import type { Act } from '../act.ts'
import type { DurableBody } from '../event.ts'
import type { Message } from '../message.ts'
import type { Participant } from '../participant.ts'
import type { Room } from '../room.ts'

/** What an act must be judged against. An engine reads it in the transaction that keeps the act's outcome. */
export interface Facts {
  readonly room: Room | null
  /** The room's last `seq` and message number; 0 when there is none. */
  readonly head: { readonly seq: number; readonly number: number }
  /** The id a message made now would get. */
  readonly nextMessageId: number
  /** The actor's own record in this room. */
  readonly actor: Participant | null
  /** The participant the act is about. */
  readonly subject: Participant | null
  readonly message: Message | null
  /** Participants who are not banned. */
  readonly activeParticipants: number
  readonly nameTaken: boolean
}

/** Which facts beyond the room and the actor an act wants read. */
export interface Needs {
  readonly subject?: string
  readonly message?: number
  /** Whether this name is taken, and how many participants are active. */
  readonly newName?: string
}

export function needs(act: Act): Needs {
  switch (act.body.kind) {
    case 'participant.join':
      return { subject: act.body.joiner.userId, newName: act.body.joiner.name }
    case 'participant.change':
    case 'participant.kick':
      return { subject: act.body.userId }
    case 'message.edit':
    case 'message.delete':
      return { message: act.body.number }
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
  /** Its text leaves the store: the record is put as given, and no replay shows its creation or edits again. */
  | { readonly kind: 'message.erase'; readonly message: Message }
  /** To be posted to a webhook. */
  | {
      readonly kind: 'delivery.put'
      readonly url: string
      readonly authorName: string
      readonly content: string
    }

/** What an allowed act leads to: at most one event, and what to keep. */
export interface Decision {
  readonly event: DurableBody | null
  readonly changes: readonly Change[]
  /** The room as it is afterwards. With an event, its head and `lastActiveAt` are kept without a `room.put`. */
  readonly room: Room
  /** The participant who was made or changed. */
  readonly participant?: Participant
}
