import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Problem } from '../../model/problem.ts'

/** A prepared statement with the shape of its rows. */
export interface Query<Row> {
  run(...values: SQLInputValue[]): unknown
  get(...values: SQLInputValue[]): Row | undefined
  all(...values: SQLInputValue[]): Row[]
  iterate(...values: SQLInputValue[]): Iterable<Row>
}

export function query<Row = never>(db: DatabaseSync, sql: string): Query<Row> {
  return db.prepare(sql) as unknown as Query<Row>
}

/**
 * Opens the file, for this process alone and with every commit synchronised to the disk. Throws `store_failed` with a sentence
 * that names the file.
 */
export function openDatabase(path: string): DatabaseSync {
  createForOwner(path)
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 0 })
    set(db, 'locking_mode', 'exclusive')
    set(db, 'journal_mode', 'wal')
    // Not kept in the file, and another driver may have left it lower: it is set at every opening.
    set(db, 'synchronous', 2)
    // What is erased is overwritten, not only unlinked.
    set(db, 'secure_delete', 1)
    set(db, 'temp_store', 2)
    db.exec(`PRAGMA cache_size = -${cacheKiB}; PRAGMA wal_autocheckpoint = ${pagesBetweenCheckpoints}`)
    // The lock is taken with the first write, and in exclusive locking mode kept until the process ends, however it ends.
    db.exec('BEGIN EXCLUSIVE; COMMIT')
    return db
  } catch (error) {
    db?.close()
    throw new Problem('store_failed', reason(path, error))
  }
}

const cacheKiB = 16_384
/** More pages between checkpoints spare writing pages of busy rooms again and again; each then takes longer. */
const pagesBetweenCheckpoints = 4000

/** SQLite gives its own files the mode of this one. */
function createForOwner(path: string): void {
  try {
    // Never opens a file that is there: closing it would drop the locks that this process holds on it (POSIX).
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw new Problem('store_failed', `The store ${path} cannot be created: ${(error as Error).message}.`)
  }
}

/** Some file systems and builds leave a setting as it was and say nothing; going on would lose what was promised. */
function set(db: DatabaseSync, name: string, value: string | number): void {
  db.exec(`PRAGMA ${name} = ${value}`)
  const [now] = Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})
  if (now !== value) throw new Error(`SQLite keeps ${name} at ${now} where ${value} is needed`)
}

function reason(path: string, error: unknown): string {
  if (primaryCode(error) === sqliteBusy) {
    return `The store ${path} is in use by another process. Stop that one, or use another data directory.`
  }
  return `The store ${path} cannot be opened: ${(error as Error).message}.`
}

const sqliteBusy = 5
/** SQLITE_ERROR, TOOBIG, CONSTRAINT, MISMATCH, RANGE: the statement or its values are to blame. */
const faultsOfTheCall: ReadonlySet<number> = new Set([1, 18, 19, 20, 25])

/** Whether the store has failed (disk full, input/output, corruption …) and not the call that was made. */
export function isStoreFailure(error: unknown): boolean {
  const code = primaryCode(error)
  return code !== null && !faultsOfTheCall.has(code)
}

/** SQLite's result code without its extension, or null for what SQLite did not throw. */
function primaryCode(error: unknown): number | null {
  const { errcode } = error as { errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : null
}
