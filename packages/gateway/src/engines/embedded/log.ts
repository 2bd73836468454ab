import type { DatabaseSync } from 'node:sqlite'
import type { DurableBody, DurableEvent } from '../../model/event.ts'
import type { Position } from '../../model/position.ts'
import type { RoomId } from '../../model/room.ts'
import type { EventLog, Replay } from '../../ports/engine.ts'
import { query } from './database.ts'
import type { Epochs } from './epochs.ts'
import type { Head, RoomState, RoomStates } from './room-states.ts'
import type { Synchronous } from './synchronous.ts'

interface EventRow {
  seq: number
  id: string
  at: number
  body: string
  targets: string | null
  wants_ack: number
}

/**
 * Ids are random, so an index of them takes a page of its own to be written for every event. They are indexed a block at a time
 * instead; what comes after the last whole block is searched.
 */
const block = 512

/** A page for reading ends early when its events have so many characters: each may have 64 KiB. */
const pageLength = 2 ** 20

/** What each event of a replay counts for besides its body, in bytes. */
export const around = 256

export interface RoomLogs extends Synchronous<EventLog> {
  /** Writes an event as the room's next; `head` is the head it makes. */
  append(state: RoomState, event: DurableEvent, head: Head): void
}

export function createRoomLogs(db: DatabaseSync, rooms: RoomStates, epochs: Epochs): RoomLogs {
  const columns = 'seq, id, at, body, targets, wants_ack'
  const insert = query(
    db,
    'INSERT INTO events (room, seq, id, run, at, kind, author, number, message_id, targets, wants_ack, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const indexBlock = query(
    db,
    'INSERT INTO event_ids (room, id, seq) SELECT room, id, seq FROM events WHERE room = ? AND seq > ? ORDER BY id',
  )
  const after = query<EventRow>(
    db,
    `SELECT ${columns} FROM events WHERE room = ? AND seq > ? AND body IS NOT NULL ORDER BY seq LIMIT ?`,
  )
  const extentAfter = query<{ count: number; bytes: number }>(
    db,
    `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM
       (SELECT octet_length(body) AS bytes FROM events WHERE room = ? AND seq > ? AND body IS NOT NULL LIMIT ?)`,
  )
  const readableBefore = query<EventRow>(
    db,
    `SELECT ${columns} FROM events
     WHERE room = ? AND seq < ? AND targets IS NULL AND body IS NOT NULL
       AND kind IN ('message.created', 'message.edited', 'message.deleted', 'data.emitted')
     ORDER BY seq DESC LIMIT ?`,
  )
  const indexed = query<{ seq: number }>(db, 'SELECT seq FROM event_ids WHERE room = ? AND id = ?')
  const unindexed = query<{ seq: number }>(db, 'SELECT seq FROM events WHERE room = ? AND seq > ? AND id = ?')

  function trusted(room: RoomId, position: Position): RoomState | null {
    const state = rooms.get(room)
    return state !== null && epochs.trusts(state, position) ? state : null
  }

  return {
    append(state, { id, seq, at, body, targets, wantsAck }, { run, number, messageId }) {
      insert.run(
        state.key,
        seq,
        id,
        run,
        at,
        body.kind,
        body.kind === 'message.created' ? body.message.authorId : null,
        number,
        messageId,
        targets === undefined ? null : JSON.stringify(targets),
        Number(wantsAck === true),
        JSON.stringify(body),
      )
      if (seq % block === 0) indexBlock.run(state.key, seq - block)
    },

    head(room) {
      const state = rooms.get(room)
      return state === null ? null : epochs.position(state, state.head.seq)
    },

    since(room, position, limit, bytes = Number.MAX_SAFE_INTEGER): Replay | null {
      const state = trusted(room, position)
      if (state === null) return null
      // Measured first: what is too much is not read.
      const missed = extentAfter.get(state.key, position.seq, limit + 1)!
      if (missed.count > limit || missed.bytes + missed.count * around > bytes) return null
      return {
        events: after.all(state.key, position.seq, limit).map((row) => eventFrom(room, row)),
        position: epochs.position(state, state.head.seq),
      }
    },

    find(room, eventId) {
      const state = rooms.get(room)
      if (state === null) return null
      const lastWhole = state.head.seq - (state.head.seq % block)
      const found = indexed.get(state.key, eventId) ?? unindexed.get(state.key, lastWhole, eventId)
      return found === undefined ? null : epochs.position(state, found.seq)
    },

    page(room, before, limit) {
      const state = rooms.get(room)
      if (state === null) return []
      const { rows } = pageOf(readableBefore.iterate(state.key, before ?? Number.MAX_SAFE_INTEGER, limit))
      return rows.reverse().map((row) => eventFrom(room, row))
    },

    pageAfter(room, position, limit): Replay | null {
      const state = trusted(room, position)
      if (state === null) return null
      const { rows, cut } = pageOf(after.iterate(state.key, position.seq, limit))
      const events = rows.map((row) => eventFrom(room, row))
      // A page that ends for want of events reaches the head, also past erased ones that end the log.
      const atHead = !cut && events.length < limit
      const seq = atHead ? state.head.seq : (events.at(-1)?.seq ?? position.seq)
      return { events, position: epochs.position(state, seq) }
    },
  }
}

/** The first of the rows that fit, one at least; `cut`: there are more. */
function pageOf(found: Iterable<EventRow>): { rows: EventRow[]; cut: boolean } {
  const rows: EventRow[] = []
  let length = 0
  for (const row of found) {
    length += row.body.length
    if (length > pageLength && rows.length > 0) return { rows, cut: true }
    rows.push(row)
  }
  return { rows, cut: false }
}

function eventFrom(room: RoomId, row: EventRow): DurableEvent {
  return {
    id: row.id,
    room,
    seq: row.seq,
    at: row.at,
    body: JSON.parse(row.body) as DurableBody,
    ...(row.targets !== null && { targets: JSON.parse(row.targets) as string[] }),
    ...(row.wants_ack === 1 && { wantsAck: true }),
  }
}
