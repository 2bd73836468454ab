import type { DatabaseSync } from 'node:sqlite'
import type { UserStore } from '../../ports/engine.ts'
import { query } from './database.ts'
import type { Synchronous } from './synchronous.ts'

export function createUsers(db: DatabaseSync): Synchronous<UserStore> {
  const see = query(
    db,
    `INSERT INTO users (user_id, name, bot) VALUES (?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, bot = excluded.bot`,
  )
  const find = query<{ name: string; bot: number }>(db, 'SELECT name, bot FROM users WHERE user_id = ?')
  const ban = query(
    db,
    `INSERT INTO users (user_id, name, banned_at, ban_reason) VALUES (?1, ?1, ?2, ?3)
     ON CONFLICT (user_id) DO UPDATE SET banned_at = excluded.banned_at, ban_reason = excluded.ban_reason`,
  )
  const banned = query<{ user_id: string }>(db, 'SELECT user_id FROM users WHERE banned_at IS NOT NULL')

  return {
    seen({ userId, name, bot }) {
      see.run(userId, name, Number(bot))
    },
    get(userId) {
      const row = find.get(userId)
      return row === undefined ? null : { userId, name: row.name, bot: row.bot === 1 }
    },
    ban(userId, at, reason) {
      ban.run(userId, at, reason)
    },
    banned: () => banned.all().map((row) => row.user_id),
  }
}
