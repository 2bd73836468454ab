import type { DurableEvent, JsonText, Member, ParticipantChanges, RoomEvent } from '../model/event.ts'
import type { Attachment, Message } from '../model/message.ts'
import type { Actor, Participant } from '../model/participant.ts'
import type { Position } from '../model/position.ts'
import type { Mark, Receipt } from '../model/receipt.ts'
import type { Room, RoomAccess, RoomId, RoomSettings } from '../model/room.ts'
import type { KnownUser } from '../model/user.ts'
import type { Connection, Encoded, Wire } from './connection.ts'
import type { Replay } from './engine.ts'
import type { Mail } from './mail.ts'
import type { Memberships } from './memberships.ts'

/**
 * What dialects and bridges ask of the core. Every method rejects with a `Problem`; those that publish, change or make rooms
 * also with `rate_limited`.
 */
export interface Core {
  readonly accounts: Accounts
  readonly rooms: Rooms
  readonly chat: Chat
  readonly data: Data
  readonly receipts: Receipts
  readonly attendance: Attendance
  readonly mail: Mail
  readonly memberships: Memberships
  readonly sessions: Sessions
}

export interface User extends Actor {
  readonly userId: string
  readonly bot: boolean
  /** When the token ends: milliseconds since 1970. */
  readonly expiresAt: number
}

export interface Accounts {
  /** Verifies a JWT. Rejects with `token_invalid`, `token_expired` or `banned`. */
  user(token: string): Promise<User>
  /** Somebody who has been here, or null. */
  known(userId: string): Promise<KnownUser | null>
  /** Bans a user from the whole gateway and ends all their connections. `forbidden` unless the actor is an admin of the gateway,
   * `unknown_user` for one who has never been here. */
  ban(actor: Actor, userId: string, reason: string | null): Promise<void>
  /** Who a bearer is in a room: a token's user, or the participant whose credential it is. `unknown_participant` for neither. */
  bearer(room: RoomId, bearer: string): Promise<Actor & { readonly expiresAt?: number }>
  /** The same for one act in the room, which shows whether a credential still holds: it may reject with `unknown_participant` then. */
  author(room: RoomId, bearer: string): Promise<Actor>
}

export interface NewRoom {
  /** The id, where the dialect names rooms; else the core chooses one. `room_exists` when it is taken. */
  readonly id?: RoomId
  /** `members` when absent. */
  readonly access?: RoomAccess
  readonly settings: Partial<RoomSettings>
  readonly adminPassword?: string
  readonly creator: NewJoiner
  /** Others who are in from the first moment. */
  readonly members?: readonly (NewJoiner & { readonly userId: string })[]
  /** Not closed for having gone unwritten. */
  readonly lasting?: boolean
  /** A second room made with the creator's same key is the first. */
  readonly key?: string
  /** The address it is made from, where the creator may be anyone; else the rate of making rooms counts by user. */
  readonly from?: string
}

export interface NewJoiner {
  /** Null: someone without a token, who gets a user id. */
  readonly userId: string | null
  readonly name: string
  readonly color?: string
}

/** A participant who has just joined, with the credential, which is told this once. */
export interface Joined {
  readonly room: Room
  readonly participant: Participant
  readonly credential: string
}

export interface Rooms {
  /** Calls whenever somebody makes a room by name or through the REST API (not by mere use), with its first members. */
  onCreated(call: (room: Room, members: readonly string[]) => void): void
  /** Calls whenever a user becomes a member of a room that only members may enter. */
  onAdmitted(call: (room: Room, userId: string) => void): void
  create(wanted: NewRoom): Promise<Joined>
  /** `adminPassword` makes the joiner an admin if it is right; guessing is rate-limited per `address`, and so is joining. */
  join(room: RoomId, joiner: NewJoiner, adminPassword: string | undefined, address: string): Promise<Joined>
  /**
   * The room this actor may be in, with the actor's own record there. With a `maker`, a public room that is not there is made: it counts among
   * those that they may make. Rejects with `unknown_room`, `banned`, `not_a_member` or `rate_limited`.
   */
  enter(
    room: RoomId,
    actor: Actor,
    maker?: string | null,
  ): Promise<{ room: Room; participant: Participant | null }>
  /** Makes a public room, or marks it as being in use. */
  touch(room: RoomId): Promise<void>
  participants(room: RoomId): Promise<Participant[]>
  update(room: RoomId, actor: Actor, changes: Partial<RoomSettings>): Promise<Room>
  /** `idleSince`: only if nothing was written since (milliseconds since 1970). */
  close(room: RoomId, actor: Actor, reason: string, idleSince?: number): Promise<void>
  change(room: RoomId, actor: Actor, userId: string, changes: ParticipantChanges): Promise<Participant>
  kick(room: RoomId, actor: Actor, userId: string): Promise<void>
}

export interface Chat {
  post(room: RoomId, actor: Actor, content: string, extra?: PostExtra): Promise<Message>
  newEventId(): string
  /** The number of the message with this id. `unknown_message` when the room has none. */
  numberOf(room: RoomId, messageId: number): Promise<number>
  edit(room: RoomId, actor: Actor, number: number, content: string, extra?: EditExtra): Promise<Message>
  remove(room: RoomId, actor: Actor, number: number, extra?: ActExtra): Promise<void>
  get(room: RoomId, actor: Actor, number: number): Promise<Message>
  /** Newest first. */
  page(room: RoomId, actor: Actor, before: number | null, limit: number): Promise<Message[]>
}

export interface ActExtra {
  /** Repeating the act with its key changes nothing. */
  readonly key?: string
  /** From `newEventId`: lets the author know the event when it comes. */
  readonly eventId?: string
  /** The connection it came by: publishing is rated for each in each room. Absent (HTTP): for the actor. */
  readonly from?: string
}

export interface PostExtra extends ActExtra {
  readonly attachments?: readonly Attachment[]
}

export interface EditExtra extends ActExtra {
  /** Nobody but the author may, not even an admin. */
  readonly authorOnly?: boolean
}

export interface Receipts {
  /** Marks every message of others up to this number. Marks only advance; one that covers nothing new changes nothing. */
  mark(room: RoomId, actor: Actor, mark: Mark, upTo: number, extra?: ActExtra): Promise<void>
  /** Who got and read each of these messages of one room, in the order given. */
  of(room: RoomId, messages: readonly Message[]): Promise<Receipt[][]>
}

/** Whom an emit is for: everyone, a number of listeners chosen at random, or those named. */
export type Selection = { readonly random: number } | { readonly ids: readonly string[] } | null

export interface Emit {
  readonly room: RoomId
  readonly actor: Actor
  readonly payload: JsonText
  readonly selection: Selection
  readonly requireAck: boolean
  readonly key?: string
  /** The address it came from: what stands for an actor without a user id where publishing is rated. */
  readonly from: string
}

export interface EmitReport {
  readonly eventId: string
  /** How many listeners it went to. */
  readonly clients: number
  /** Named, but not connected. */
  readonly unknown?: readonly string[]
  /** With `requireAck`: who has acknowledged, who has not in time, who went away meanwhile. */
  readonly acks?: AckReport
}

export interface AckReport {
  readonly acked: readonly string[]
  readonly pending: readonly string[]
  readonly left: readonly string[]
}

export interface Data {
  /** Emits JSON to a room. If it is an object with a string `content`, for all, it is a message too. */
  emit(emit: Emit): Promise<EmitReport>
  /** Newest last; `before` is an event id, `gap` if the log does not have it. */
  history(room: RoomId, before: string | null, limit: number): Promise<DurableEvent[]>
  /** A page of the whole log, as this actor may see it. Rejects with `gap`. */
  events(room: RoomId, actor: Actor, after: Position, limit: number): Promise<Replay>
  /** Where the room's log stands now. */
  position(room: RoomId): Promise<Position>
  /** A listener acknowledges. Nothing happens if nobody waits for this listener's acknowledgement of this event. */
  acknowledge(room: RoomId, eventId: string, memberId: string): void
}

/** How one dialect (and variant of it) says events: the hub encodes once for all who share the same object. */
export interface Speech {
  readonly wire: Wire
  /** Null: this protocol has no word for it. Never throws. */
  encode(event: RoomEvent): Encoded | null
}

export type Ending = 'kicked' | 'banned' | 'closed'

/** One connection's wish to be in a room. */
export interface AttendRequest {
  readonly room: RoomId
  readonly connection: Connection
  readonly actor: Actor
  /**
   * For whom a public room is made when it is not there (any more): a user id or an address. Null, none is made, for what was a members'
   * room at the handshake: closed in between, it would come back for everyone.
   */
  readonly maker: string | null
  /** The member id, where the dialect keeps it (a resumed session); else the core gives one. */
  readonly memberId?: string
  readonly presence: JsonText
  readonly speech: Speech
  /** Can acknowledge events, and so be a target of an emit that requires it. */
  readonly acknowledges: boolean
  /** Emits count it among the listeners, and can choose it. */
  readonly listens: boolean
  /** From where on events were missed: a position, or the id of the last event seen. */
  readonly since?: Position | { readonly eventId: string }
  /**
   * Called once, when everything is settled: what it sends comes before the missed events, and these before live ones, with
   * nothing lost or doubled between.
   */
  greet(welcome: Welcome): void
  /** The room is over for this connection. The event that says so has been sent; close in the protocol's words. */
  ended(ending: Ending): void
  /** This user's own record in the room changed. */
  changed?(participant: ParticipantChanges): void
}

export interface Welcome {
  readonly memberId: string
  /** The others who are there. */
  readonly members: readonly Member[]
  readonly position: Position
  /** Whether all that was missed follows; null when nothing was asked. */
  readonly recovered: boolean | null
}

/** A connection's stay in a room. */
export interface Attendee {
  readonly memberId: string
  /** Replaces the presence data; everyone there is told. */
  update(presence: JsonText): void
  /** Tells the others there that this member is writing something. */
  typing(): void
  /** Hears the event with this id in another speech: what only its author is told. `forget` when it never came to be. */
  hearOwn(eventId: string, speech: Speech): void
  forget(eventId: string): void
  /** Goes on in another variant of the dialect. */
  speak(speech: Speech): void
  leave(): void
}

export interface Attendance {
  /**
   * Rejects as `Rooms.enter` does, with `going_down`, and with `rate_limited` when the connection is in too many rooms. The
   * connection may have closed meanwhile: then it has left already.
   */
  attend(request: AttendRequest): Promise<Attendee>
  members(room: RoomId): readonly Member[]
}

export interface Sessions {
  /** A new session for this connection: its public id and the secret that resumes it. */
  open(
    dialect: string,
    room: RoomId,
    userId: string | null,
    data: string,
    owner: string,
  ): Promise<{ id: string; secret: string }>
  /** Keeps a session under an id and a secret of the dialect's own, or what has changed of one that its owner has. */
  keep(session: SessionClaim & { readonly data: string }): Promise<void>
  /** Takes a session over, once. Null when it cannot be: unknown, expired, another user's or room's, or the secret is wrong. */
  claim(wanted: SessionClaim): Promise<{ data: string } | null>
  /** Its connection has gone; the resume window begins. */
  release(id: string, owner: string): void
  /** Its owner was sent away: nobody goes on with it. */
  end(id: string, owner: string): void
}

export interface SessionClaim {
  readonly id: string
  readonly secret: string
  readonly dialect: string
  readonly room: RoomId
  readonly userId: string | null
  readonly owner: string
}
