import type { DatabaseSync } from 'node:sqlite'
import type { DurableBody, DurableEvent } from '../../model/event.ts'
import type { Message } from '../../model/message.ts'
import type { Decision } from '../../model/rules/facts.ts'
import type {
  Addressee,
  InboxItem,
  InboxReplay,
  InboxStore,
  Letter,
  Mailing,
} from '../../ports/inbox-store.ts'
import { type Query, query } from './database.ts'
import type { Epochs } from './epochs.ts'
import { around } from './log.ts'
import type { RoomState, RoomStates } from './room-states.ts'
import type { Synchronous } from './synchronous.ts'

interface ItemRow {
  id: number
  seq: number
  room: string | null
  dialog: string | null
  event: string | null
  at: number
  kind: string
  body: string | null
  message: string | null
  joined_seq: number | null
  banned: number | null
}

const cachedRooms = 1000

/**
 * What each user's rooms had for them. An item is a number and a place in a room's log, and is written with the event there.
 *
 * Who reads along in a room is kept in memory, so that a room without readers costs its writers nothing; heads are written once per
 * inbox and transaction. Both are forgotten on a rollback.
 */
export class Inboxes implements Synchronous<InboxStore> {
  readonly #rooms: RoomStates
  readonly #epochs: Epochs
  readonly #kept: number
  /** The users, by room, whose inboxes get what happens there: their ids and the keys of their inboxes. */
  readonly #readers = new Map<number, ReadonlyMap<string, number>>()
  /** Heads that this transaction moved. */
  readonly #heads = new Map<number, number>()
  readonly #open: Query<never>
  readonly #inbox: Query<{ key: number; head: number }>
  readonly #readersOf: Query<{ user_id: string; key: number }>
  readonly #headOf: Query<{ head: number }>
  readonly #setHead: Query<never>
  readonly #insert: Query<never>
  readonly #drop: Query<never>
  readonly #items: Query<ItemRow>
  readonly #writer: Query<{ run: number }>

  /** `kept`: how many items of each inbox. */
  constructor(db: DatabaseSync, rooms: RoomStates, epochs: Epochs, kept: number) {
    this.#kept = kept
    this.#rooms = rooms
    this.#epochs = epochs
    this.#open = query(db, 'INSERT OR IGNORE INTO inboxes (user_id, head) VALUES (?, 0)')
    this.#inbox = query(db, 'SELECT key, head FROM inboxes WHERE user_id = ?')
    this.#readersOf = query(
      db,
      `SELECT p.user_id, i.key FROM participants AS p JOIN inboxes AS i ON i.user_id = p.user_id
       WHERE p.room = ? AND p.banned = 0`,
    )
    this.#headOf = query(db, 'SELECT head FROM inboxes WHERE key = ?')
    this.#setHead = query(db, 'UPDATE inboxes SET head = ? WHERE key = ?')
    this.#insert = query(db, 'INSERT INTO inbox_items (inbox, id, room, seq, run) VALUES (?, ?, ?, ?, ?)')
    this.#writer = query(db, 'SELECT run FROM inbox_items WHERE inbox = ? AND id = ?')
    this.#drop = query(db, 'DELETE FROM inbox_items WHERE inbox = ? AND id = ?')
    this.#items = query(
      db,
      `SELECT i.id, i.seq, r.id AS room, r.room ->> '$.dialog' AS dialog, p.joined_seq, p.banned,
              e.id AS event, e.at, e.kind, e.body, e.message
       FROM inbox_items AS i
       LEFT JOIN rooms AS r ON r.key = i.room
       LEFT JOIN events AS e ON e.room = i.room AND e.seq = i.seq
       LEFT JOIN participants AS p ON p.room = i.room AND p.user_id = ?
       WHERE i.inbox = ? AND i.id > ? AND i.id <= ? ORDER BY i.id DESC`,
    )
  }

  open(userId: string): void {
    if (this.#inbox.get(userId) !== undefined) return
    this.#open.run(userId)
    this.#readers.clear()
  }

  /** Who participates in this room has changed. */
  participantsChanged(room: number): void {
    this.#readers.delete(room)
  }

  /** Puts an event into the inboxes it is for. */
  deliver(
    state: RoomState,
    { seq }: DurableEvent,
    to: Decision['inbox'],
    actorId: string | null,
  ): Mailing | null {
    if (to === undefined) return null
    const readers = this.#readersIn(state.key)
    if (readers.size === 0) return null
    const addressees: Addressee[] = []
    for (const userId of to === 'others' ? readers.keys() : to) {
      const inbox = readers.get(userId)
      if (inbox === undefined || userId === actorId) continue
      const id = this.#next(inbox)
      this.#insert.run(inbox, id, state.key, seq, this.#epochs.current)
      if (id > this.#kept) this.#drop.run(inbox, id - this.#kept)
      addressees.push({ userId, id })
    }
    if (actorId !== null && readers.has(actorId)) addressees.push({ userId: actorId, id: null })
    return addressees.length === 0 ? null : { dialog: state.room.dialog ?? null, to: addressees }
  }

  head(userId: string): number {
    return this.#inbox.get(userId)?.head ?? 0
  }

  epoch(): string {
    return this.#epochs.run
  }

  since(
    userId: string,
    after: number,
    limit: number,
    epoch: string | null = null,
    bytes = Number.MAX_SAFE_INTEGER,
  ): InboxReplay {
    const inbox = this.#inbox.get(userId)
    if (inbox === undefined) return { head: 0, items: after === 0 ? [] : null, oldest: 1 }
    const { key, head } = inbox
    const isTrusted = epoch === null || this.#trusts(key, after, epoch)
    const items: InboxItem[] = []
    let left = bytes
    // Newest first, since a gap is told with how far back everything can be had.
    for (const row of this.#items.iterate(userId, key, Math.max(isTrusted ? after : 0, head - limit), head)) {
      const item = itemFrom(row)
      left -= around + Buffer.byteLength(row.body ?? '')
      if (item === null || left < 0) break
      items.push(item)
    }
    items.reverse()
    const isWhole = isTrusted && after <= head && items.length === head - after
    return { head, items: isWhole ? items : null, oldest: items[0]?.id ?? head + 1 }
  }

  /**
   * Whether an id told in that run is still that of the same item, as `Epochs` has it for the log of a room: the run is known, and
   * the item was written in it or before. Ids from before the first are always good.
   */
  #trusts(inbox: number, id: number, run: string): boolean {
    const told = this.#epochs.ordinalOf(run)
    if (told === null) return false
    const writer = id === 0 ? 0 : this.#writer.get(inbox, id)?.run
    return writer !== undefined && writer <= told
  }

  get(userId: string, id: number): InboxItem | null {
    const inbox = this.#inbox.get(userId)
    const row = inbox === undefined ? undefined : this.#items.get(userId, inbox.key, id - 1, id)
    return row === undefined ? null : itemFrom(row)
  }

  readers(room: string): { dialog: Letter['dialog']; userIds: string[] } {
    const state = this.#rooms.get(room)
    if (state === null) return { dialog: null, userIds: [] }
    return { dialog: state.room.dialog ?? null, userIds: [...this.#readersIn(state.key).keys()] }
  }

  flush(): void {
    for (const [inbox, head] of this.#heads) this.#setHead.run(head, inbox)
  }

  committed(): void {
    this.#heads.clear()
  }

  rolledBack(): void {
    this.#heads.clear()
    this.#readers.clear()
  }

  #next(inbox: number): number {
    const id = (this.#heads.get(inbox) ?? this.#headOf.get(inbox)?.head ?? 0) + 1
    this.#heads.set(inbox, id)
    return id
  }

  #readersIn(room: number): ReadonlyMap<string, number> {
    const known = this.#readers.get(room)
    if (known !== undefined) return known
    if (this.#readers.size >= cachedRooms) this.#readers.clear()
    const readers = new Map(this.#readersOf.all(room).map((row) => [row.user_id, row.key]))
    this.#readers.set(room, readers)
    return readers
  }
}

/** Null when it may not be shown: the event or its room is gone, or the user was no participant all the while since. */
function itemFrom({
  id,
  seq,
  room,
  dialog,
  event,
  at,
  kind,
  body,
  message,
  joined_seq,
  banned,
}: ItemRow): InboxItem | null {
  if (room === null || event === null || joined_seq === null || banned === 1 || seq <= joined_seq) return null
  return {
    id,
    dialog: dialog === null ? null : (JSON.parse(dialog) as [string, string]),
    event: {
      id: event,
      room,
      seq,
      at,
      body: body === null ? erased(kind, message) : (JSON.parse(body) as DurableBody),
    },
  }
}

/** A message that was deleted since: what it said is gone, that it was said is not. */
function erased(kind: string, message: string | null): DurableBody {
  return { kind: kind as 'message.created' | 'message.edited', message: JSON.parse(message ?? '') as Message }
}
