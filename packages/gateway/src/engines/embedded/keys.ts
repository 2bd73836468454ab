import type { DatabaseSync } from 'node:sqlite'
import type { Act } from '../../model/act.ts'
import { authorId } from '../../model/participant.ts'
import type { Outcome } from '../../ports/engine.ts'
import { query } from './database.ts'

/** How long a key stands for its first outcome, in milliseconds. */
export const keyLifetime = 300_000

export interface Keys {
  /** The outcome that an earlier act of this author with this key had in this room. */
  outcome(act: Act, key: string): Outcome | null
  keep(act: Act, key: string, outcome: Outcome): void
}

export function createKeys(db: DatabaseSync): Keys {
  const find = query<{ at: number; outcome: string }>(
    db,
    'SELECT at, outcome FROM keys WHERE room = ? AND author = ? AND key = ?',
  )
  const put = query(db, 'INSERT OR REPLACE INTO keys (room, author, key, at, outcome) VALUES (?, ?, ?, ?, ?)')

  return {
    outcome({ room, actor, at }, key) {
      const row = find.get(room, authorId(actor), key)
      if (row === undefined || at - row.at >= keyLifetime) return null
      return { ...(JSON.parse(row.outcome) as Outcome), repeated: true }
    },

    keep({ room, actor, at }, key, outcome) {
      put.run(room, authorId(actor), key, at, JSON.stringify(outcome))
    },
  }
}
