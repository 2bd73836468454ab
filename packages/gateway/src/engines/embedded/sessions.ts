import type { DatabaseSync } from 'node:sqlite'
import type { SessionName } from '../../model/session.ts'
import type { SessionStore } from '../../ports/engine.ts'
import { query } from './database.ts'
import type { Synchronous } from './synchronous.ts'

/** The port, but that it is told the time: when a claim is made, and when a released session expires. */
export interface TimedSessions extends Pick<Synchronous<SessionStore>, 'open'> {
  claim(wanted: SessionName, secretHash: string, owner: string, now: number): string | null
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
  const claim = query<{ data: string }>(
    db,
    `UPDATE sessions SET owner = ?, expires_at = NULL
     WHERE id = ? AND dialect = ? AND room = ? AND user_id IS ? AND secret_hash = ? AND owner IS NULL AND expires_at > ?
     RETURNING data`,
  )
  const release = query(db, 'UPDATE sessions SET owner = NULL, expires_at = ? WHERE id = ? AND owner = ?')

  return {
    open({ id, dialect, room, userId, data }, secretHash, owner) {
      keep.run(id, dialect, room, userId, data, secretHash, owner)
    },

    claim({ id, dialect, room, userId }, secretHash, owner, now) {
      return claim.get(owner, id, dialect, room, userId, secretHash, now)?.data ?? null
    },

    release(id, owner, expiresAt) {
      release.run(expiresAt, id, owner)
    },
  }
}
