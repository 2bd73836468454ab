import type { Act } from '../model/act.ts'
import type { Delivery } from '../model/delivery.ts'
import type { DurableEvent } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import type { Participant } from '../model/participant.ts'
import type { Position } from '../model/position.ts'
import type { ReceiptStep } from '../model/receipt.ts'
import type { Room, RoomAccess, RoomId } from '../model/room.ts'
import type { Session, SessionName } from '../model/session.ts'
import type { KnownUser } from '../model/user.ts'
import type { EntityStore } from './entities.ts'
import type { InboxStore, Mailing } from './inbox-store.ts'
import type { MembershipStore } from './membership-store.ts'

/**
 * Where state is kept and how nodes meet. Every promise resolves after its effect is durable and rejects with a
 * `Problem` (`store_failed` when the store failed; then nothing was done). Keys and sessions end by the engine's own time, which no jump of
 * the wall clock moves while it is open. `test/contracts/engine.ts` says the rest.
 */
export interface Engine {
  /**
   * Judges the act by the rules, in the transaction that keeps its outcome. Acts of one room are kept in the order
   * given. Rejects with the rule's `Problem`.
   */
  commit(act: Act): Promise<Outcome>
  /**
   * Rejects with `store_failed` while the store cannot keep anything. It goes by what happened to the last writes, and tries a write
   * of its own only once one of them has failed, so that asking often costs nothing.
   */
  check(): Promise<void>
  /**
   * Hears every event committed on any node: once each, in the order of each room's `seq`, before the `commit` that
   * caused it resolves here. `mailing` says whose inboxes it went into, if any. One listener.
   */
  listen(hear: (event: DurableEvent, mailing?: Mailing) => void): void
  readonly log: EventLog
  readonly rooms: RoomStore
  readonly messages: MessageStore
  readonly receipts: ReceiptStore
  readonly memberships: MembershipStore
  readonly inboxes: InboxStore
  readonly users: UserStore
  readonly sessions: SessionStore
  readonly outbox: Outbox
  readonly entities: EntityStore
  readonly upkeep: Upkeep
  /** Finishes what was begun, then closes the store. */
  close(): Promise<void>
}

export interface Outcome {
  readonly event: DurableEvent | null
  /** Whose inboxes the event went into. */
  readonly mailing?: Mailing
  /** Something was put into the outbox. */
  readonly posted?: true
  /** The room as it is now; absent for acts that only write in it, which are many, and would carry it between threads each time. */
  readonly room?: Room
  readonly participant?: Participant
  /**
   * An earlier act with the same key had this outcome already. A message in it is as it is by now, without the payload it was emitted with;
   * one that the room has no more is as if it had been deleted.
   */
  readonly repeated: boolean
  /** The note of the act that had this outcome first. */
  readonly note?: string
}

/** What it answers is never ahead of what the engine's listener has heard. */
export interface EventLog {
  /** The position after the room's last event, or null when there is no such room. */
  head(room: RoomId): Promise<Position | null>
  /**
   * Everything after `position`, oldest first, at most `limit` events with at most `bytes` in their bodies as JSON, erased ones left
   * out; or null, a gap: the position is from another history or the future, events after it are gone, or there is more. Never a part.
   * Each body counts for 256 bytes more, which is about what a protocol puts around it.
   */
  since(room: RoomId, position: Position, limit: number, bytes?: number): Promise<Replay | null>
  /** The position of an event by its id, or null when the room's log does not have it. */
  find(room: RoomId, eventId: string): Promise<Position | null>
  /**
   * A page for reading, newest last: message and data events without targets, before `before` (a `seq`; absent: the newest). At most
   * `limit`, and fewer when they are large; none only when there are none.
   */
  page(room: RoomId, before: number | null, limit: number): Promise<DurableEvent[]>
  /** A page of the whole log from `position` on, for reading it bit by bit, as long as those of `page`; null is a gap, as in `since`. */
  pageAfter(room: RoomId, position: Position, limit: number): Promise<Replay | null>
}

export interface Replay {
  readonly events: readonly DurableEvent[]
  /** Where the room's log stands after the last of them. */
  readonly position: Position
}

export interface RoomStore {
  get(room: RoomId): Promise<Room | null>
  participants(room: RoomId): Promise<Participant[]>
  participant(room: RoomId, userId: string): Promise<Participant | null>
  /** Whose credential this is: SHA-256 of it, hex. */
  byCredential(room: RoomId, credentialHash: string): Promise<Participant | null>
  count(): Promise<number>
}

export interface MessageStore {
  /** By its id, if it is in this room. */
  byId(room: RoomId, id: number): Promise<Message | null>
  get(room: RoomId, number: number): Promise<Message | null>
  /** Newest first, with a number below `before` (null: from the newest). */
  page(room: RoomId, before: number | null, limit: number): Promise<Message[]>
}

export interface ReceiptStore {
  /**
   * For each user and mark, the steps that cover the messages from `from` to `to`: rising, up to the first that covers `to`.
   */
  steps(room: RoomId, from: number, to: number): Promise<ReceiptStep[]>
}

export interface UserStore {
  seen(user: KnownUser): Promise<void>
  get(userId: string): Promise<KnownUser | null>
  /** `at` in milliseconds since 1970. */
  ban(userId: string, at: number, reason: string | null): Promise<void>
  /** Ids of all who are banned from the gateway. */
  banned(): Promise<string[]>
}

export interface SessionStore {
  /** Keeps a session, or what has changed of one that this owner has, under the hash (SHA-256, hex) of the secret that resumes it; `owner` is the connection that has it. */
  open(session: Session, secretHash: string, owner: string): Promise<void>
  /**
   * Hands the session to a new owner, once, if it is the one named, the secret is its own and it is still alive; its data. Null
   * otherwise, and then nothing has changed: whoever asks for another's must not have it even for the moment it takes to look.
   */
  claim(wanted: SessionName, secretHash: string, owner: string): Promise<string | null>
  /** The owner has gone: the session lives for `ms` more. Nothing happens if it has another owner by now. */
  release(id: string, owner: string, ms: number): Promise<void>
}

export interface Outbox {
  /** The first unfinished delivery of each URL that is due, oldest first: the order of a webhook is never broken. */
  due(now: number, limit: number): Promise<Delivery[]>
  /** When the next is due, or null when nothing waits. */
  nextDue(): Promise<number | null>
  done(id: number): Promise<void>
  /** Tried in vain, or a part of it arrived: to be tried again at `dueAt`. */
  postpone(id: number, attempts: number, partsSent: number, dueAt: number): Promise<void>
  /** Given up: kept for 30 days, no longer due, and not in the way of what follows. */
  bury(id: number, reason: string): Promise<void>
  dead(limit: number): Promise<Delivery[]>
}

export interface Upkeep {
  /**
   * Drops events and messages beyond their retention and old dead letters, as of `now`, used-up idempotency keys and expired sessions; in
   * slices. Says how many events went.
   */
  trim(now: number, retention: Readonly<Record<RoomAccess, Retention>>): Promise<number>
  /** Rooms nothing was written to since `before`, other than lasting ones. */
  idle(before: number, limit: number): Promise<Room[]>
}

export interface Retention {
  /** How many events of a room are kept at most; 0: no such bound. */
  readonly events: number
  /** How old an event may grow, in milliseconds; 0: no such bound. */
  readonly age: number
}
