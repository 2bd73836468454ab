import type { Message } from './message.ts'
import type { Mark, MarkedAuthor } from './receipt.ts'
import type { RoomId, RoomSettings } from './room.ts'

/** JSON as text, already checked and without white space between its tokens. Kept as text so that no digit is lost. */
export type JsonText = string

/** Who is connected to a room, as others see them. */
export interface Member {
  /** The id others see in this room: a public `client_…` id, one for all connections of a user. */
  readonly id: string
  /** Null for someone without a token. */
  readonly userId: string | null
  readonly name: string
  /** An admin of the room. */
  readonly admin: boolean
  /** The presence data: a JSON object. */
  readonly presence: JsonText
}

/** What a durable event says. Each has a place in the room's log. */
export type DurableBody =
  /** `payload` is set when the message was emitted as data: what was emitted, verbatim. */
  | { readonly kind: 'message.created'; readonly message: Message; readonly payload?: JsonText }
  | { readonly kind: 'message.edited'; readonly message: Message }
  | { readonly kind: 'message.deleted'; readonly message: Message; readonly by: string }
  /** A user got or read the messages of others with a number above `from`, up to `upTo`. */
  | {
      readonly kind: 'receipts.advanced'
      readonly userId: string
      readonly mark: Mark
      readonly from: number
      readonly upTo: number
      readonly authors: readonly MarkedAuthor[]
    }
  | { readonly kind: 'data.emitted'; readonly payload: JsonText; readonly by: string }
  | { readonly kind: 'room.updated'; readonly changes: Partial<RoomSettings> }
  | { readonly kind: 'room.closed'; readonly reason: string }
  | { readonly kind: 'participant.kicked'; readonly userId: string }
  | { readonly kind: 'participant.changed'; readonly userId: string; readonly changes: ParticipantChanges }

/** What is told to those who are there now, and not kept. */
export type PassingBody =
  | { readonly kind: 'presence.joined'; readonly member: Member }
  | { readonly kind: 'presence.left'; readonly member: Member }
  | { readonly kind: 'presence.updated'; readonly member: Member }
  | { readonly kind: 'typing'; readonly member: Member }

export type EventBody = DurableBody | PassingBody

export interface ParticipantChanges {
  readonly color?: string
  readonly admin?: boolean
  readonly banned?: boolean
}

/** Something that happened in a room. */
export interface RoomEvent<Body extends EventBody = EventBody> {
  /** `evt_` and 16 characters of `[A-Za-z0-9_-]`. */
  readonly id: string
  readonly room: RoomId
  /** The place in the room's log; null for what is not kept. */
  readonly seq: number | null
  /** Milliseconds since 1970. */
  readonly at: number
  readonly body: Body
  /** Ids of the members it is for; absent when it is for all. */
  readonly targets?: readonly string[]
  /** Whoever can acknowledge it is asked to. */
  readonly wantsAck?: boolean
}

export type DurableEvent = RoomEvent<DurableBody> & { readonly seq: number }
