import type { DatabaseSync } from 'node:sqlite'
import type { Room, RoomId } from '../../model/room.ts'
import { type Query, query } from './database.ts'

/** A room and where its log stands. Never changed in place. */
export interface RoomState {
  /** Names the room in the other tables. */
  readonly key: number
  readonly room: Room
  readonly head: Head
}

export interface Head {
  /** The last event's; 0 before the first. */
  readonly seq: number
  /** The last message's. */
  readonly number: number
  readonly messageId: number
  /** The seq of the event that created it. */
  readonly messageSeq: number
  /** The ordinal of the run that wrote the last event. */
  readonly run: number
}

/** A room as its table has it. */
export interface RoomRow {
  room: string
  last_active_at: number
}

type StateRow = RoomRow & {
  key: number
  head_seq: number
  head_number: number
  head_message_id: number
  head_message_seq: number
  head_run: number
}

const emptyHead: Head = { seq: 0, number: 0, messageId: 0, messageSeq: 0, run: 0 }

const cachedRooms = 10_000

/**
 * The rooms, read once and then kept in memory. What a transaction changes stands apart until it is committed, so that a
 * rollback leaves no trace; heads are written once per room and transaction, however many acts it has.
 */
export class RoomStates {
  readonly #committed = new Map<RoomId, RoomState>()
  readonly #changed = new Map<RoomId, RoomState | null>()
  readonly #moved = new Set<RoomId>()
  readonly #byId: Query<StateRow>
  readonly #insert: Query<{ key: number }>
  readonly #update: Query<never>
  readonly #updateHead: Query<never>
  readonly #delete: Query<never>
  readonly #leaveToSweep: Query<never>

  constructor(db: DatabaseSync) {
    this.#byId = query(
      db,
      `SELECT key, head_seq, head_number, head_message_id, head_message_seq, head_run, last_active_at, room
       FROM rooms WHERE id = ?`,
    )
    this.#insert = query(
      db,
      'INSERT INTO rooms (id, access, lasting, last_active_at, room) VALUES (?, ?, ?, ?, ?) RETURNING key',
    )
    this.#update = query(
      db,
      'UPDATE rooms SET access = ?, lasting = ?, last_active_at = ?, room = ? WHERE key = ?',
    )
    this.#updateHead = query(
      db,
      `UPDATE rooms SET head_seq = ?, head_number = ?, head_message_id = ?, head_message_seq = ?, head_run = ?,
         last_active_at = ? WHERE key = ?`,
    )
    this.#delete = query(db, 'DELETE FROM rooms WHERE key = ?')
    this.#leaveToSweep = query(db, 'INSERT INTO removed_rooms (key) VALUES (?)')
  }

  get(id: RoomId): RoomState | null {
    const changed = this.#changed.get(id)
    if (changed !== undefined) return changed
    const known = this.#committed.get(id)
    if (known !== undefined) return known
    const row = this.#byId.get(id)
    if (row === undefined) return null
    const state = { key: row.key, room: roomFrom(row), head: headFrom(row) }
    this.#remember(id, state)
    return state
  }

  /** Makes the room, or replaces its settings. */
  put(room: Room): RoomState {
    const before = this.get(room.id)
    const state = before === null ? this.#create(room) : { ...before, room }
    if (before !== null) this.#update.run(...valuesOf(room), before.key)
    this.#changed.set(room.id, state)
    return state
  }

  #create(room: Room): RoomState {
    const row = this.#insert.get(room.id, ...valuesOf(room))
    if (row === undefined) throw new Error('a room was inserted without getting a key')
    return { key: row.key, room, head: emptyHead }
  }

  /** Something was written to the room. */
  move(state: RoomState, head: Head, room: Room): void {
    this.#changed.set(room.id, { key: state.key, room, head })
    this.#moved.add(room.id)
  }

  /** The room is gone at once; what belonged to it is swept later, in slices, because it can be a great deal. */
  remove({ key, room }: RoomState): void {
    this.#delete.run(key)
    this.#leaveToSweep.run(key)
    this.#changed.set(room.id, null)
  }

  /** Before a commit: writes the heads that moved. */
  flush(): void {
    for (const id of this.#moved) {
      const state = this.#changed.get(id)
      if (state === null || state === undefined) continue
      const { seq, number, messageId, messageSeq, run } = state.head
      this.#updateHead.run(seq, number, messageId, messageSeq, run, state.room.lastActiveAt, state.key)
    }
    this.#moved.clear()
  }

  committed(): void {
    for (const [id, state] of this.#changed) {
      this.#committed.delete(id)
      if (state !== null) this.#remember(id, state)
    }
    this.#changed.clear()
  }

  rolledBack(): void {
    this.#changed.clear()
    this.#moved.clear()
  }

  #remember(id: RoomId, state: RoomState): void {
    this.#committed.set(id, state)
    if (this.#committed.size <= cachedRooms) return
    for (const oldest of this.#committed.keys()) {
      this.#committed.delete(oldest)
      break
    }
  }
}

function headFrom(row: StateRow): Head {
  return {
    seq: row.head_seq,
    number: row.head_number,
    messageId: row.head_message_id,
    messageSeq: row.head_message_seq,
    run: row.head_run,
  }
}

/** Access, whether it is lasting, when it was last active, and the whole of it. */
function valuesOf(room: Room): [string, number, number, string] {
  return [room.access, Number(room.lasting === true), room.lastActiveAt, JSON.stringify(room)]
}

export function roomFrom({ room, last_active_at }: RoomRow): Room {
  return { ...(JSON.parse(room) as Room), lastActiveAt: last_active_at }
}
