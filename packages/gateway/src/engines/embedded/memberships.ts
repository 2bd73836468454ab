import type { DatabaseSync } from 'node:sqlite'
import type { Message } from '../../model/message.ts'
import type { Membership, MembershipStore } from '../../ports/membership-store.ts'
import { query } from './database.ts'
import { type RoomRow, type RoomStates, roomFrom } from './room-states.ts'
import type { Synchronous } from './synchronous.ts'

type MembershipRow = RoomRow & {
  head_number: number
  delivered: number
  read: number
  /** How many of those looked over are the user's own, and others'. */
  own: number
  others: number
  last_message: string | null
  participants: number
  other_name: string | null
}

/** How far unread messages are counted, and how many events up to the last message are looked over for whose they are. */
const mostUnread = 100
const lookedOver = 200

/** The messages among those that the user has not read. */
const recent = `FROM events WHERE room = r.key AND kind = 'message.created'
  AND seq > r.head_message_seq - ${lookedOver} AND seq <= r.head_message_seq
  AND number > coalesce((SELECT max(up_to) FROM receipts
                         WHERE room = r.key AND user_id = r.user_id AND mark = 'read'), 0)`

export function createMemberships(db: DatabaseSync, rooms: RoomStates): Synchronous<MembershipStore> {
  // The page is chosen first, so that what is looked up for each room is looked up for those on it only.
  const list = (condition: string) =>
    query<MembershipRow>(
      db,
      `SELECT r.room, r.last_active_at, r.head_number,
         coalesce((SELECT max(up_to) FROM receipts WHERE room = r.key AND user_id = r.user_id AND mark = 'delivered'), 0)
           AS delivered,
         coalesce((SELECT max(up_to) FROM receipts WHERE room = r.key AND user_id = r.user_id AND mark = 'read'), 0)
           AS read,
         (SELECT count(*) ${recent} AND author = r.user_id) AS own,
         (SELECT count(*) ${recent} AND author <> r.user_id) AS others,
         (SELECT coalesce(message, body -> '$.message') FROM events
            WHERE room = r.key AND seq = r.head_message_seq) AS last_message,
         (SELECT count(*) FROM participants WHERE room = r.key AND banned = 0) AS participants,
         CASE WHEN r.room ->> '$.dialog' IS NULL THEN NULL ELSE
           (SELECT coalesce(u.name, q.name) FROM participants AS q LEFT JOIN users AS u ON u.user_id = q.user_id
              WHERE q.room = r.key AND q.user_id <> r.user_id LIMIT 1) END AS other_name
       FROM (SELECT r.*, p.user_id FROM participants AS p JOIN rooms AS r ON r.key = p.room
             WHERE p.user_id = ? AND p.banned = 0 AND ${condition}
             ORDER BY r.last_active_at DESC, r.key DESC LIMIT ?) AS r
       ORDER BY r.last_active_at DESC, r.key DESC`,
    )
  const first = list('true')
  const following = list('(r.last_active_at, r.key) < (?, ?)')
  const one = list('r.key = ?')
  const place = query<{ last_active_at: number }>(db, 'SELECT last_active_at FROM rooms WHERE key = ?')
  const peers = query<{ user_id: string }>(
    db,
    `SELECT DISTINCT q.user_id FROM participants AS p
     JOIN participants AS q ON q.room = p.room AND q.banned = 0 AND q.user_id <> p.user_id
     JOIN inboxes AS i ON i.user_id = q.user_id
     WHERE p.user_id = ? AND p.banned = 0 LIMIT ?`,
  )
  const share = query<unknown>(
    db,
    `SELECT 1 FROM participants AS p JOIN participants AS q ON q.room = p.room AND q.user_id = ?
     WHERE p.user_id = ? LIMIT 1`,
  )

  return {
    page(userId, after, limit) {
      if (after === null) return first.all(userId, limit).map(membershipFrom)
      const state = rooms.get(after)
      if (state === null) return []
      const at = place.get(state.key)?.last_active_at ?? 0
      return following.all(userId, at, state.key, limit).map(membershipFrom)
    },
    get(userId, room) {
      const state = rooms.get(room)
      const row = state === null ? undefined : one.get(userId, state.key, 1)
      return row === undefined ? null : membershipFrom(row)
    },
    peers: (userId, limit) => peers.all(userId, limit).map((row) => row.user_id),
    share: (oneUser, other) => share.get(other, oneUser) !== undefined,
  }
}

function membershipFrom(row: MembershipRow): Membership {
  const { head_number, delivered, read, own, others } = row
  return {
    room: roomFrom(row),
    lastMessage: row.last_message === null ? null : (JSON.parse(row.last_message) as Message),
    marks: { delivered, read },
    // Older ones than were looked over are taken for others' where the user has not written lately.
    unread: Math.min(mostUnread, own === 0 ? head_number - read : others),
    otherName: row.other_name,
    participants: row.participants,
  }
}
