import type { DatabaseSync } from 'node:sqlite'
import type { RoomAccess } from '../../model/room.ts'
import type { Retention } from '../../ports/engine.ts'
import { query } from './database.ts'

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
export function createTrim(db: DatabaseSync): TrimRooms {
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
  function trimRoom({ key, head_seq }: RoomToTrim, now: number, kept: Retention, limit: number): number {
    const lastBeyond = kept.events === 0 ? 0 : head_seq - kept.events
    const keptSince = kept.age === 0 ? Number.NEGATIVE_INFINITY : now - kept.age
    let dropped = 0
    let end = { seq: 0, number: 0 }
    for (const event of oldest.iterate(key, limit)) {
      if (event.seq > lastBeyond && event.at >= keptSince) break
      end = event
      dropped += 1
    }
    if (dropped === 0) return 0
    dropIds.run(key, end.seq)
    dropEdits.run(key, end.number)
    dropEvents.run(key, end.seq)
    return dropped
  }

  return (after, now, retention) => {
    let events = 0
    let done = after
    let left = sliceRows
    for (const room of roomsAfter.all(after, sliceRows)) {
      const dropped = trimRoom(room, now, retention[room.access], left)
      events += dropped
      left -= dropped + 1
      if (left <= 0) return { events, next: dropped === 0 ? room.key : done }
      done = room.key
    }
    return { events, next: null }
  }
}
