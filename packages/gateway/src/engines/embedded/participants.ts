import type { DatabaseSync } from 'node:sqlite'
import type { Participant } from '../../model/participant.ts'
import { query } from './database.ts'

interface ParticipantRow {
  user_id: string
  name: string
  color: string
  admin: number
  banned: number
  joined_seq: number
}

/** Participants by the key of their room. */
export interface Participants {
  get(room: number, userId: string): Participant | null
  byCredential(room: number, credentialHash: string): Participant | null
  /** In the order they first joined. */
  all(room: number): Participant[]
  /** Those who are not banned. */
  countActive(room: number): number
  isNameTaken(room: number, name: string): boolean
  /** `credentialHash`: undefined leaves the one there is. */
  put(room: number, participant: Participant, credentialHash: string | null | undefined): void
  remove(room: number, userId: string): void
}

export function createParticipants(db: DatabaseSync): Participants {
  const columns = 'user_id, name, color, admin, banned, joined_seq'
  const select = (rest: string) =>
    query<ParticipantRow>(db, `SELECT ${columns} FROM participants WHERE room = ? ${rest}`)
  const byUser = select('AND user_id = ?')
  const byCredential = select('AND credential_hash = ?')
  const ofRoom = select('ORDER BY key')
  const active = query<{ count: number }>(
    db,
    'SELECT count(*) AS count FROM participants WHERE room = ? AND banned = 0',
  )
  const named = query<unknown>(db, 'SELECT 1 FROM participants WHERE room = ? AND name = ?')
  const upsert = query(
    db,
    `INSERT INTO participants (room, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (room, user_id) DO UPDATE SET
       name = excluded.name, color = excluded.color, admin = excluded.admin, banned = excluded.banned,
       joined_seq = excluded.joined_seq`,
  )
  const setCredential = query(
    db,
    'UPDATE participants SET credential_hash = ? WHERE room = ? AND user_id = ?',
  )
  const remove = query(db, 'DELETE FROM participants WHERE room = ? AND user_id = ?')

  return {
    get: (room, userId) => participantFrom(byUser.get(room, userId)),
    byCredential: (room, hash) => participantFrom(byCredential.get(room, hash)),
    all: (room) => ofRoom.all(room).flatMap((row) => participantFrom(row) ?? []),
    countActive: (room) => active.get(room)?.count ?? 0,
    isNameTaken: (room, name) => named.get(room, name) !== undefined,

    put(room, { userId, name, color, admin, banned, joinedSeq }, credentialHash) {
      upsert.run(room, userId, name, color, Number(admin), Number(banned), joinedSeq)
      if (credentialHash !== undefined) setCredential.run(credentialHash, room, userId)
    },

    remove(room, userId) {
      remove.run(room, userId)
    },
  }
}

function participantFrom(row: ParticipantRow | undefined): Participant | null {
  if (row === undefined) return null
  return {
    userId: row.user_id,
    name: row.name,
    color: row.color,
    admin: row.admin === 1,
    banned: row.banned === 1,
    joinedSeq: row.joined_seq,
  }
}
