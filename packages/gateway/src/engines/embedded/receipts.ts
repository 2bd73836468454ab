import type { DatabaseSync } from 'node:sqlite'
import type { Mark, Marks, ReceiptStep } from '../../model/receipt.ts'
import { query } from './database.ts'

/** Receipts by the key of their room. */
export interface Receipts {
  /** How far the user has marked. */
  marks(room: number, userId: string): Marks
  /** A step that is there already stays, with its time. */
  put(room: number, step: ReceiptStep): void
  /** For each user and mark the steps from `from` on, up to the first that covers `to`. */
  steps(room: number, from: number, to: number): ReceiptStep[]
}

export function createReceipts(db: DatabaseSync): Receipts {
  const reached = query<{ up_to: number | null }>(
    db,
    'SELECT max(up_to) AS up_to FROM receipts WHERE room = ? AND user_id = ? AND mark = ?',
  )
  const insert = query(
    db,
    'INSERT OR IGNORE INTO receipts (room, user_id, mark, up_to, at) VALUES (?, ?, ?, ?, ?)',
  )
  const covering = query<{ user_id: string; mark: Mark; up_to: number; at: number }>(
    db,
    `SELECT user_id, mark, up_to, at FROM receipts AS step
     WHERE room = ?1 AND up_to >= ?2 AND up_to <= coalesce(
       (SELECT min(up_to) FROM receipts
        WHERE room = ?1 AND user_id = step.user_id AND mark = step.mark AND up_to >= ?3), up_to)
     ORDER BY user_id, mark, up_to`,
  )

  function reach(room: number, userId: string, mark: Mark): number {
    return reached.get(room, userId, mark)?.up_to ?? 0
  }

  return {
    marks: (room, userId) => ({
      delivered: reach(room, userId, 'delivered'),
      read: reach(room, userId, 'read'),
    }),
    put(room, { userId, mark, upTo, at }) {
      insert.run(room, userId, mark, upTo, at)
    },
    steps: (room, from, to) =>
      covering
        .all(room, from, to)
        .map((row) => ({ userId: row.user_id, mark: row.mark, upTo: row.up_to, at: row.at })),
  }
}
