import type { DatabaseSync } from 'node:sqlite'
import type { Message } from '../../model/message.ts'
import type { MarkedAuthor } from '../../model/receipt.ts'
import { query } from './database.ts'

/** Messages by the key of their room. A message is kept as the event that created it. */
export interface Messages {
  get(room: number, number: number): Message | null
  byId(room: number, id: number): Message | null
  /** Newest first. */
  page(room: number, before: number | null, limit: number): Message[]
  /** Who but `except` wrote messages numbered above `after` and up to `upTo`, each with the highest of theirs. */
  authors(room: number, after: number, upTo: number, except: string): MarkedAuthor[]
  /** The message is by now as given; the event at `seq` says so. */
  revise(room: number, message: Message, seq: number): void
  /** Its text leaves the log: the event that created it and those of its edits are emptied. */
  erase(room: number, message: Message): void
}

interface Place {
  kind: string
  number: number
  message_id: number
}

/** The first and the last event that a room's log has. */
interface Extent {
  first: number
  last: number
}

/** By what a message is looked for. */
type Handle = 'number' | 'message_id'

interface CreationRow {
  body: string | null
  message: string | null
}

/** How many events are read one after another before the next message is looked for by bisection: that costs as much. */
const stride = 500

export function createMessages(db: DatabaseSync): Messages {
  const extent = query<{ first: number | null; last: number | null }>(
    db,
    `SELECT (SELECT min(seq) FROM events WHERE room = ?1) AS first,
            (SELECT max(seq) FROM events WHERE room = ?1) AS last`,
  )
  const place = query<Place>(db, 'SELECT kind, number, message_id FROM events WHERE room = ? AND seq = ?')
  const creation = query<CreationRow>(db, 'SELECT body, message FROM events WHERE room = ? AND seq = ?')
  const creationsIn = query<CreationRow>(
    db,
    `SELECT body, message FROM events WHERE room = ? AND seq > ? AND seq <= ? AND kind = 'message.created'
     ORDER BY seq DESC LIMIT ?`,
  )
  const authors = query<MarkedAuthor>(
    db,
    `SELECT author AS userId, max(number) AS highest FROM events
     WHERE room = ? AND seq BETWEEN ? AND ? AND author <> ? GROUP BY author`,
  )
  const revise = query(db, 'UPDATE events SET message = ? WHERE room = ? AND seq = ?')
  const addEdit = query(db, 'INSERT INTO edits (room, number, seq) VALUES (?, ?, ?)')
  const eraseCreation = query(db, 'UPDATE events SET body = NULL, message = ? WHERE room = ? AND seq = ?')
  const eraseEdits = query(
    db,
    `UPDATE events SET body = NULL, message = ?3
     WHERE room = ?1 AND seq IN (SELECT seq FROM edits WHERE room = ?1 AND number = ?2)`,
  )
  const forgetEdits = query(db, 'DELETE FROM edits WHERE room = ? AND number = ?')

  /** The `seq` of the first event by which the room had that message: by bisection, as both handles rise with `seq`. */
  function reaching(
    room: number,
    handle: Handle,
    value: number,
    within: Extent | null = extentOf(room),
  ): number | null {
    if (within === null || handleAt(room, within.last, handle) < value) return null
    let { first: low, last: high } = within
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (handleAt(room, middle, handle) < value) low = middle + 1
      else high = middle
    }
    return low
  }

  function extentOf(room: number): Extent | null {
    const { first = null, last = null } = extent.get(room) ?? {}
    return first === null || last === null ? null : { first, last }
  }

  function handleAt(room: number, seq: number, handle: Handle): number {
    return place.get(room, seq)?.[handle] ?? 0
  }

  /** The `seq` of the event that created the message, or null when it never was or has been trimmed. */
  function creationSeq(room: number, handle: Handle, value: number): number | null {
    const seq = reaching(room, handle, value)
    if (seq === null) return null
    const found = place.get(room, seq)
    return found?.[handle] === value && found.kind === 'message.created' ? seq : null
  }

  function find(room: number, handle: Handle, value: number): Message | null {
    const seq = creationSeq(room, handle, value)
    const row = seq === null ? undefined : creation.get(room, seq)
    return row === undefined ? null : messageFrom(row)
  }

  function existing(room: number, number: number): number {
    const seq = creationSeq(room, 'number', number)
    if (seq === null) throw new Error(`message ${number} is to be changed, but is not there`)
    return seq
  }

  return {
    get: (room, number) => find(room, 'number', number),
    byId: (room, id) => find(room, 'message_id', id),

    page(room, before, limit) {
      const log = extentOf(room)
      if (log === null) return []
      const beyond = before === null ? null : reaching(room, 'number', before, log)
      let until = beyond === null ? log.last : beyond - 1
      const rows: CreationRow[] = []
      while (until >= log.first && rows.length < limit) {
        const number = handleAt(room, until, 'number')
        const newest = reaching(room, 'number', number, { first: log.first, last: until }) ?? log.first
        rows.push(...creationsIn.all(room, newest - stride, newest, limit - rows.length))
        until = newest - stride
      }
      return rows.map(messageFrom)
    },

    authors(room, after, upTo, except) {
      const from = reaching(room, 'number', after + 1)
      const to = reaching(room, 'number', upTo)
      return from === null || to === null ? [] : authors.all(room, from, to, except)
    },

    revise(room, message, seq) {
      revise.run(JSON.stringify(message), room, existing(room, message.number))
      addEdit.run(room, message.number, seq)
    },

    erase(room, message) {
      const text = JSON.stringify(message)
      eraseCreation.run(text, room, existing(room, message.number))
      eraseEdits.run(room, message.number, text)
      forgetEdits.run(room, message.number)
    },
  }
}

function messageFrom({ body, message }: CreationRow): Message {
  if (message !== null) return JSON.parse(message) as Message
  return (JSON.parse(body ?? '') as { message: Message }).message
}
