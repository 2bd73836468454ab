import type { DatabaseSync } from 'node:sqlite'
import { query } from './database.ts'
import { sliceRows } from './trim.ts'

/** Deletes a slice of what nobody can see any more; false when nothing is left. `time` is the engine's own, `wall` the wall clock's. */
export type Sweep = (time: number, wall: number) => boolean

/** How long a message for a webhook is kept after it was given up (counted from when it was due last), in milliseconds. */
const deadLetterLifetime = 30 * 86_400_000

/** Sweeps out what belonged to removed rooms, used-up idempotency keys, expired sessions and old dead letters. */
export function createSweep(db: DatabaseSync, repeatWindow: number): Sweep {
  const removedRoom = query<{ key: number }>(db, 'SELECT key FROM removed_rooms LIMIT 1')
  const forgetRoom = query(db, 'DELETE FROM removed_rooms WHERE key = ?')
  const ofRoom = [
    deletion('participants', 'key', 'room = ?'),
    deletion('receipts', 'room, user_id, mark, up_to', 'room = ?'),
    deletion('edits', 'room, number, seq', 'room = ?'),
    deletion('event_ids', 'room, id', 'room = ?'),
    deletion('events', 'room, seq', 'room = ?'),
  ]
  const usedUpKeys = deletion('keys', 'rowid', 'at <= ?')
  const expiredSessions = deletion('sessions', 'rowid', 'owner IS NULL AND expires_at <= ?')
  const deadLetters = deletion('deliveries', 'id', 'dead_because IS NOT NULL AND due_at <= ?')

  function deletion(table: string, primaryKey: string, condition: string): (value: number) => boolean {
    const some = `SELECT ${primaryKey} FROM ${table} WHERE ${condition} LIMIT ${sliceRows}`
    const statement = db.prepare(`DELETE FROM ${table} WHERE (${primaryKey}) IN (${some})`)
    return (value) => Number(statement.run(value).changes) > 0
  }

  function sweepRooms(): boolean {
    const room = removedRoom.get()
    if (room === undefined) return false
    if (!ofRoom.some((deleteSome) => deleteSome(room.key))) forgetRoom.run(room.key)
    return true
  }

  return (time, wall) =>
    sweepRooms() ||
    usedUpKeys(time - repeatWindow) ||
    expiredSessions(time) ||
    deadLetters(wall - deadLetterLifetime)
}
