import type { DatabaseSync } from 'node:sqlite'
import type { Act } from '../../model/act.ts'
import { authorId } from '../../model/participant.ts'
import type { Outcome } from '../../ports/engine.ts'
import { query } from './database.ts'

export interface Keys {
  /** The outcome that an earlier act of this author with this key had in this room. */
  outcome(act: Act, key: string, now: number): Outcome | null
  keep(act: Act, key: string, now: number, outcome: Outcome): void
}

/** A key stands for its first outcome for `repeatWindow` milliseconds. */
export function createKeys(db: DatabaseSync, repeatWindow: number): Keys {
  const find = query<{ at: number; outcome: string }>(
    db,
    'SELECT at, outcome FROM keys WHERE room = ? AND author = ? AND key = ?',
  )
  const put = query(db, 'INSERT OR REPLACE INTO keys (room, author, key, at, outcome) VALUES (?, ?, ?, ?, ?)')

  return {
    outcome(act, key, now) {
      const row = find.get(roomOf(act), authorId(act.actor), key)
      if (row === undefined || now - row.at >= repeatWindow) return null
      return { ...(JSON.parse(row.outcome) as Outcome), repeated: true }
    },

    keep(act, key, now, { mailing: _, ...outcome }) {
      put.run(roomOf(act), authorId(act.actor), key, now, JSON.stringify(outcome))
    },
  }
}

/** A room that is to be made gets another id at every try. */
function roomOf({ room, body }: Act): string {
  return body.kind === 'room.create' ? '' : room
}
