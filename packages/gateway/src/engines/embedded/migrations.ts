import type { DatabaseSync } from 'node:sqlite'
import { Problem } from '../../model/problem.ts'
import { query } from './database.ts'
import { migrations } from './schema.ts'

/**
 * Brings the store to this version, all or nothing. Throws `store_failed` with a sentence for a store that a newer version has
 * written: what that version relies on would be broken by writing to it.
 */
export function migrate(db: DatabaseSync, path: string): void {
  const version = query<{ user_version: number }>(db, 'PRAGMA user_version').get()?.user_version ?? 0
  if (version > migrations.length) {
    throw new Problem(
      'store_failed',
      `The store ${path} was written by a newer version of Parlance: it has format ${version}, and this version knows formats up to ${migrations.length}. Start the newer version, or use another data directory.`,
    )
  }
  if (version === migrations.length) return
  db.exec('BEGIN IMMEDIATE')
  for (const migration of migrations.slice(version)) db.exec(migration)
  db.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`)
}
