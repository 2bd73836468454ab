import type { JsonText, ParticipantChanges } from './event.ts'
import type { Attachment } from './message.ts'
import type { Actor } from './participant.ts'
import type { Mark } from './receipt.ts'
import type { RoomAccess, RoomId, RoomSettings } from './room.ts'

/** What someone wants done. The rules (`decide.ts`) say whether it may be and what follows. */
export type ActBody =
  /** Makes a public room unless it is there. No event. */
  | { readonly kind: 'room.ensure'; readonly incarnation: string }
  | {
      readonly kind: 'room.create'
      readonly access: RoomAccess
      readonly incarnation: string
      readonly settings: RoomSettings
      readonly passwordHash: string | null
      readonly creator: NewParticipant
      /** They are in from the first moment, and their inboxes are opened. */
      readonly members?: readonly NewParticipant[]
      readonly lasting?: boolean
    }
  /** Makes the room two users share (its id is `dialogId` of them) unless it is there. No event. */
  | {
      readonly kind: 'dialog.open'
      readonly incarnation: string
      readonly pair: readonly [NewParticipant, NewParticipant]
    }
  | { readonly kind: 'room.update'; readonly changes: Partial<RoomSettings> }
  /** `idleSince`: only if nothing was written since (milliseconds since 1970). */
  | { readonly kind: 'room.close'; readonly reason: string; readonly idleSince?: number }
  /** `asAdmin`: the admin password was given and right. */
  | { readonly kind: 'participant.join'; readonly joiner: NewParticipant; readonly asAdmin: boolean }
  | { readonly kind: 'participant.change'; readonly userId: string; readonly changes: ParticipantChanges }
  | { readonly kind: 'participant.kick'; readonly userId: string }
  /** A member lets another user in; into a public room everyone lets in but themselves. */
  | { readonly kind: 'participant.invite'; readonly invitee: NewParticipant }
  | { readonly kind: 'participant.leave' }
  /** The actor got or read every message of others up to this number. */
  | { readonly kind: 'receipts.mark'; readonly mark: Mark; readonly upTo: number }
  | {
      readonly kind: 'message.create'
      readonly content: string
      readonly payload?: JsonText
      readonly attachments?: readonly Attachment[]
    }
  /** `authorOnly`: not by an admin in the author's stead. */
  | {
      readonly kind: 'message.edit'
      readonly number: number
      readonly content: string
      readonly authorOnly?: boolean
    }
  | { readonly kind: 'message.delete'; readonly number: number }
  | {
      readonly kind: 'data.emit'
      readonly payload: JsonText
      readonly targets?: readonly string[]
    }

export interface NewParticipant {
  readonly userId: string
  readonly name: string
  readonly color: string
  /** SHA-256 of the credential, hex; null when the participant comes with tokens only. */
  readonly credentialHash: string | null
}

export interface Act<Body extends ActBody = ActBody> {
  /** The id the event will bear, chosen by the caller so that it can be awaited before it exists. */
  readonly id: string
  readonly room: RoomId
  readonly actor: Actor
  /** Milliseconds since 1970. */
  readonly at: number
  readonly body: Body
  /** Idempotency: a second act with this key within some time (five minutes unless configured) changes nothing and has the first one's outcome. */
  readonly key?: string
  /** Kept with the key and given back with the outcome to whoever repeats it. */
  readonly note?: string
  /** Whoever can acknowledge the event is asked to. */
  readonly wantsAck?: boolean
}

const writing: ReadonlySet<ActBody['kind']> = new Set([
  'message.create',
  'message.edit',
  'message.delete',
  'data.emit',
  'receipts.mark',
])

/** Whether the act writes in a room and leaves the room itself, and who is in it, as they are. */
export function onlyWrites({ kind }: ActBody): boolean {
  return writing.has(kind)
}
