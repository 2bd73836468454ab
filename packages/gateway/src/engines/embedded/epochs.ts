import type { DatabaseSync } from 'node:sqlite'
import type { Position } from '../../model/position.ts'
import { type Query, query } from './database.ts'
import type { RoomState } from './room-states.ts'

/**
 * Whether a position may still be trusted.
 *
 * An epoch is `<run>.<incarnation>`. The incarnation is the room's: a room that was closed and made again starts a new
 * history. The run is a random name that each opening of the store gives itself, and the store numbers its runs.
 *
 * Suppose the file is replaced by a copy made earlier. The copy ends at event 10 while a client holds a position at 15, and by
 * the time that client comes back the copy has events 11 to 20 of its own. By `seq` alone the client would get 16 to 20 of a
 * history that is not the one it was in. The events tell: each names the run that wrote it, and someone told a position during
 * run R can only have seen events that R or an earlier run wrote. So a position of run R at `seq` n is trusted when
 *
 * - R is known here (otherwise it began after the copy was made), and
 * - event n is here, written in R or before (otherwise it is another event of that number).
 *
 * A restart also begins a run, but keeps the events of the earlier ones, and so keeps their positions. When event n has been
 * trimmed nothing can be told about it any more, unless it is the head, whose run the room remembers.
 */
export class Epochs {
  /** The ordinal of this run. */
  readonly current: number
  /** The name of this run. */
  readonly run: string
  readonly #ordinal: Query<{ ordinal: number }>
  readonly #writer: Query<{ run: number }>

  /** Begins a run with that name. */
  constructor(db: DatabaseSync, run: string, now: number) {
    const begun = query<{ ordinal: number }>(
      db,
      'INSERT INTO runs (id, opened_at) VALUES (?, ?) RETURNING ordinal',
    ).get(run, now)
    if (begun === undefined) throw new Error('a run was inserted without getting an ordinal')
    this.current = begun.ordinal
    this.run = run
    this.#ordinal = query(db, 'SELECT ordinal FROM runs WHERE id = ?')
    this.#writer = query(db, 'SELECT run FROM events WHERE room = ? AND seq = ?')
  }

  position({ room }: RoomState, seq: number): Position {
    return { epoch: `${this.run}.${room.incarnation}`, seq }
  }

  /** Null for a run that is not known here. */
  ordinalOf(run: string): number | null {
    return this.#ordinal.get(run)?.ordinal ?? null
  }

  trusts({ key, room, head }: RoomState, { epoch, seq }: Position): boolean {
    const dot = epoch.indexOf('.')
    const told = this.ordinalOf(epoch.slice(0, Math.max(dot, 0)))
    if (told === null || epoch.slice(dot + 1) !== room.incarnation) return false
    if (seq === head.seq) return head.run <= told
    // Before the first event nothing was seen that could be another; but what follows must be there from the first on.
    if (seq === 0) return this.#writer.get(key, 1) !== undefined
    const writer = this.#writer.get(key, seq)
    return writer !== undefined && writer.run <= told
  }
}
