import type { DatabaseSync } from 'node:sqlite'
import type { Session } from '../../model/session.ts'
import type { SessionStore } from '../../ports/engine.ts'
import { query } from './database.ts'
import type { Synchronous } from './synchronous.ts'

interface SessionRow {
  id: string
  dialect: string
  room: string
  user_id: string | null
  data: string
}

/** The port, but that it is told the time: when a claim is made, and when a released session expires. */
export interface TimedSessions extends Pick<Synchronous<SessionStore>, 'open'> {
  claim(id: string, secretHash: string, owner: string, now: number): Session | null
  release(id: string, owner: string, expiresAt: number): void
}

/** Sessions, and their release, until `expiresAt`, from owners that went with an earlier process. */
export function createSessions(db: DatabaseSync, expiresAt: number): TimedSessions {
  query(db, 'UPDATE sessions SET owner = NULL, expires_at = ? WHERE owner IS NOT NULL').run(expiresAt)
  const keep = query(
    db,
    `INSERT INTO sessions (id, dialect, room, user_id, data, secret_hash, owner) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET room = excluded.room, data = excluded.data, secret_hash = excluded.secret_hash
     WHERE owner = excluded.owner`,
  )
  // One statement, so that of two claims the second finds an owner.
  const claim = query<SessionRow>(
    db,
    `UPDATE sessions SET owner = ?, expires_at = NULL
     WHERE id = ? AND secret_hash = ? AND owner IS NULL AND expires_at > ?
     RETURNING id, dialect, room, user_id, data`,
  )
  const release = query(db, 'UPDATE sessions SET owner = NULL, expires_at = ? WHERE id = ? AND owner = ?')

  return {
    open({ id, dialect, room, userId, data }, secretHash, owner) {
      keep.run(id, dialect, room, userId, data, secretHash, owner)
    },

    claim(id, secretHash, owner, now) {
      const row = claim.get(owner, id, secretHash, now)
      if (row === undefined) return null
      return { id: row.id, dialect: row.dialect, room: row.room, userId: row.user_id, data: row.data }
    },

    release(id, owner, expiresAt) {
      release.run(expiresAt, id, owner)
    },
  }
}
