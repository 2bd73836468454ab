import type { DatabaseSync } from 'node:sqlite'
import type { Mark, Marks, ReceiptStep } from '../../model/receipt.ts'
import { query } from './database.ts'

/** Receipts by the key of their room. */
export interface Receipts {
  /** How far the user has marked. */
  marks(room: number, userId: string): Marks
  /** A step that is there already stays, with its time. */
  put(room: number, step: ReceiptStep): void
  /** Deletes at most `limit` steps up to `upTo` that later ones have overtaken. Says how many. */
  forget(room: number, upTo: number, limit: number): number
  /** For each user and mark the steps from `from` on, up to the first that covers `to`. */
  steps(room: number, from: number, to: number): ReceiptStep[]
}

const marks: readonly Mark[] = ['delivered', 'read']

export function createReceipts(db: DatabaseSync): Receipts {
  const reached = query<{ up_to: number | null }>(
    db,
    'SELECT max(up_to) AS up_to FROM receipts WHERE room = ? AND user_id = ? AND mark = ?',
  )
  const insert = query(
    db,
    'INSERT OR IGNORE INTO receipts (room, user_id, mark, up_to, at) VALUES (?, ?, ?, ?, ?)',
  )
  const nextUser = query<{ user_id: string }>(
    db,
    'SELECT user_id FROM receipts WHERE room = ? AND user_id > ? ORDER BY user_id LIMIT 1',
  )
  const stepsFrom = query<{ up_to: number; at: number }>(
    db,
    `SELECT up_to, at FROM receipts WHERE room = ? AND user_id = ? AND mark = ? AND up_to >= ? ORDER BY up_to`,
  )

  const overtaken = db.prepare(
    `DELETE FROM receipts WHERE (room, user_id, mark, up_to) IN (
       SELECT room, user_id, mark, up_to FROM receipts
       WHERE room = ?1 AND user_id = ?2 AND mark = ?3 AND up_to <= ?4
         AND up_to < (SELECT max(up_to) FROM receipts WHERE room = ?1 AND user_id = ?2 AND mark = ?3)
       LIMIT ?5)`,
  )

  /** User by user: a room's steps may be many more than those asked for. */
  function* usersOf(room: number): Generator<string> {
    for (let row = nextUser.get(room, ''); row !== undefined; row = nextUser.get(room, row.user_id)) {
      yield row.user_id
    }
  }

  function reach(room: number, userId: string, mark: Mark): number {
    return reached.get(room, userId, mark)?.up_to ?? 0
  }

  function covering(room: number, userId: string, mark: Mark, from: number, to: number): ReceiptStep[] {
    const steps: ReceiptStep[] = []
    for (const row of stepsFrom.iterate(room, userId, mark, from)) {
      steps.push({ userId, mark, upTo: row.up_to, at: row.at })
      if (row.up_to >= to) break
    }
    return steps
  }

  return {
    marks: (room, userId) => ({
      delivered: reach(room, userId, 'delivered'),
      read: reach(room, userId, 'read'),
    }),
    put(room, { userId, mark, upTo, at }) {
      insert.run(room, userId, mark, upTo, at)
    },
    forget(room, upTo, limit) {
      let forgotten = 0
      for (const userId of usersOf(room)) {
        for (const mark of marks) {
          const { changes } = overtaken.run(room, userId, mark, upTo, limit - forgotten)
          forgotten += Number(changes)
        }
      }
      return forgotten
    },
    steps: (room, from, to) =>
      [...usersOf(room)].flatMap((userId) => marks.flatMap((mark) => covering(room, userId, mark, from, to))),
  }
}
