import type { DatabaseSync } from 'node:sqlite'
import type { Delivery } from '../../model/delivery.ts'
import type { RoomId } from '../../model/room.ts'
import type { Outbox } from '../../ports/engine.ts'
import { query } from './database.ts'
import type { Synchronous } from './synchronous.ts'

interface DeliveryRow {
  id: number
  room: string
  url: string
  author_name: string
  content: string
  attempts: number
  parts_sent: number
  due_at: number
  dead_because: string | null
}

export interface Deliveries extends Synchronous<Outbox> {
  put(
    room: RoomId,
    what: Pick<Delivery, 'url' | 'authorName' | 'content'> & { readonly messageId: number },
    dueAt: number,
  ): void
  /** The message is deleted: whether it waits or was given up, nothing of it is left. */
  forget(messageId: number): void
}

/** The first unfinished delivery of each URL: from one URL to the next by the index, however many wait for each. */
const firstOfEachUrl = `
  WITH RECURSIVE waiting (url) AS (
    SELECT min(url) FROM deliveries WHERE dead_because IS NULL
    UNION ALL
    SELECT (SELECT min(url) FROM deliveries WHERE dead_because IS NULL AND url > waiting.url)
    FROM waiting WHERE waiting.url IS NOT NULL
  ), first (id) AS (
    SELECT (SELECT min(id) FROM deliveries WHERE dead_because IS NULL AND url = waiting.url)
    FROM waiting WHERE waiting.url IS NOT NULL
  )`

export function createDeliveries(db: DatabaseSync): Deliveries {
  const columns = 'id, room, url, author_name, content, attempts, parts_sent, due_at, dead_because'
  const insert = query(
    db,
    'INSERT INTO deliveries (room, url, author_name, content, due_at, message_id) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const due = query<DeliveryRow>(
    db,
    `${firstOfEachUrl} SELECT ${columns} FROM deliveries
     WHERE id IN (SELECT id FROM first) AND due_at <= ? ORDER BY id LIMIT ?`,
  )
  const nextDue = query<{ at: number | null }>(
    db,
    `${firstOfEachUrl} SELECT min(due_at) AS at FROM deliveries WHERE id IN (SELECT id FROM first)`,
  )
  const remove = query(db, 'DELETE FROM deliveries WHERE id = ?')
  const removeOf = query(db, 'DELETE FROM deliveries WHERE message_id = ?')
  const postpone = query(db, 'UPDATE deliveries SET attempts = ?, parts_sent = ?, due_at = ? WHERE id = ?')
  const bury = query(db, 'UPDATE deliveries SET dead_because = ? WHERE id = ?')
  const dead = query<DeliveryRow>(
    db,
    `SELECT ${columns} FROM deliveries WHERE dead_because IS NOT NULL ORDER BY id LIMIT ?`,
  )

  return {
    put(room, { url, authorName, content, messageId }, dueAt) {
      insert.run(room, url, authorName, content, dueAt, messageId)
    },
    forget(messageId) {
      removeOf.run(messageId)
    },
    due: (now, limit) => due.all(now, limit).map(deliveryFrom),
    nextDue: () => nextDue.get()?.at ?? null,
    done(id) {
      remove.run(id)
    },
    postpone(id, attempts, partsSent, dueAt) {
      postpone.run(attempts, partsSent, dueAt, id)
    },
    bury(id, reason) {
      bury.run(reason, id)
    },
    dead: (limit) => dead.all(limit).map(deliveryFrom),
  }
}

function deliveryFrom(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    room: row.room,
    url: row.url,
    authorName: row.author_name,
    content: row.content,
    attempts: row.attempts,
    partsSent: row.parts_sent,
    dueAt: row.due_at,
    deadBecause: row.dead_because,
  }
}
