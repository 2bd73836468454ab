import type { DatabaseSync } from 'node:sqlite'
import type { RoomAccess } from '../../model/room.ts'
import type { Retention } from '../../ports/engine.ts'
import { query } from './database.ts'
import type { Receipts } from './receipts.ts'

/** How many rows one transaction of upkeep touches, about: acts wait no longer than that takes. */
export const sliceRows = 500

export interface Trimmed {
  readonly events: number
  /** The key of the last room that is done, to go on from; null when all are done. */
  readonly next: number | null
}

interface RoomToTrim {
  key: number
  access: RoomAccess
  head_seq: number
}

type TrimRooms = (after: number, now: number, retention: Readonly<Record<RoomAccess, Retention>>) => Trimmed

/** Drops, room by room from the one after `after` on, the events beyond their retention, until the slice is full. */
export function createTrim(db: DatabaseSync, receipts: Receipts): TrimRooms {
  const roomsAfter = query<RoomToTrim>(
    db,
    'SELECT key, access, head_seq FROM rooms WHERE key > ? ORDER BY key LIMIT ?',
  )
  const oldest = query<{ seq: number; at: number; number: number }>(
    db,
    'SELECT seq, at, number FROM events WHERE room = ? ORDER BY seq LIMIT ?',
  )
  const dropIds = query(
    db,
    'DELETE FROM event_ids WHERE room = ?1 AND id IN (SELECT id FROM events WHERE room = ?1 AND seq <= ?2)',
  )
  const dropEdits = query(db, 'DELETE FROM edits WHERE room = ? AND number <= ?')
  const dropEvents = query(db, 'DELETE FROM events WHERE room = ? AND seq <= ?')

  /** Only from the old end, so that what remains has no gap: the first event to keep ends it, even if later ones are older. */
  function lastToDrop({ key, head_seq }: RoomToTrim, now: number, kept: Retention, limit: number): Ending {
    const lastBeyond = kept.events === 0 ? 0 : head_seq - kept.events
    const keptSince = kept.age === 0 ? Number.NEGATIVE_INFINITY : now - kept.age
    let ending: Ending = { events: 0, seq: 0, number: 0 }
    for (const { seq, at, number } of oldest.iterate(key, limit)) {
      if (seq > lastBeyond && at >= keptSince) break
      ending = { events: ending.events + 1, seq, number }
    }
    return ending
  }

  /** The receipts of the messages go first, as there may be many of each: what is too much for this slice is left to the next. */
  function trimRoom(room: RoomToTrim, now: number, kept: Retention, limit: number): RoomTrimmed {
    const { events, seq, number } = lastToDrop(room, now, kept, limit)
    if (events === 0) return { events, rows: 1, done: true }
    const steps = receipts.forget(room.key, number, limit)
    if (steps === limit) return { events: 0, rows: steps, done: false }
    dropIds.run(room.key, seq)
    dropEdits.run(room.key, number)
    dropEvents.run(room.key, seq)
    return { events, rows: events + steps, done: events < limit }
  }

  return (after, now, retention) => {
    let events = 0
    let next = after
    let left = sliceRows
    for (const room of roomsAfter.all(after, sliceRows)) {
      const trimmed = trimRoom(room, now, retention[room.access], left)
      events += trimmed.events
      left -= trimmed.rows
      if (trimmed.done) next = room.key
      if (!trimmed.done || left <= 0) return { events, next }
    }
    return { events, next: null }
  }
}

/** The last event to drop from a room, and how many that makes. */
interface Ending {
  readonly events: number
  readonly seq: number
  /** The room's last message by then. */
  readonly number: number
}

interface RoomTrimmed {
  readonly events: number
  readonly rows: number
  /** Nothing is left to drop from this room. */
  readonly done: boolean
}
