import type { DatabaseSync } from 'node:sqlite'
import type { Act } from '../../model/act.ts'
import type { DurableEvent } from '../../model/event.ts'
import { authorId } from '../../model/participant.ts'
import type { Outcome } from '../../ports/engine.ts'
import { query } from './database.ts'
import type { Messages } from './messages.ts'
import type { RoomStates } from './room-states.ts'

export interface Keys {
  /** The outcome that an earlier act of this author with this key had in this room, with the message as it is by now. */
  outcome(act: Act, key: string, now: number): Outcome | null
  keep(act: Act, key: string, now: number, outcome: Outcome): void
}

/** A key stands for its first outcome for `repeatWindow` milliseconds. What a message said is not kept with it: it would outlive its deletion. */
export function createKeys(
  db: DatabaseSync,
  rooms: RoomStates,
  messages: Messages,
  repeatWindow: number,
): Keys {
  const find = query<{ at: number; outcome: string }>(
    db,
    'SELECT at, outcome FROM keys WHERE room = ? AND author = ? AND key = ?',
  )
  const put = query(db, 'INSERT OR REPLACE INTO keys (room, author, key, at, outcome) VALUES (?, ?, ?, ?, ?)')

  function asItIsNow(event: DurableEvent | null, { at }: Act): DurableEvent | null {
    if (event === null || !('message' in event.body)) return event
    const { message } = event.body
    const state = rooms.get(event.room)
    const found = state === null ? null : messages.byId(state.key, message.id)
    return { ...event, body: { ...event.body, message: found ?? { ...message, deletedAt: at } } }
  }

  return {
    outcome(act, key, now) {
      const row = find.get(roomOf(act), authorId(act.actor), key)
      if (row === undefined || now - row.at >= repeatWindow) return null
      const outcome = JSON.parse(row.outcome) as Outcome
      return { ...outcome, event: asItIsNow(outcome.event, act), repeated: true }
    },

    keep(act, key, now, { mailing: _, ...outcome }) {
      const text = JSON.stringify({ ...outcome, event: withoutText(outcome.event) })
      put.run(roomOf(act), authorId(act.actor), key, now, text)
    },
  }
}

function withoutText(event: DurableEvent | null): object | null {
  if (event === null || !('message' in event.body)) return event
  const message = { ...event.body.message, content: '', attachments: undefined }
  return { ...event, body: { ...event.body, message, payload: undefined } }
}

/** A room that is to be made gets another id at every try. */
function roomOf({ room, body }: Act): string {
  return body.kind === 'room.create' ? '' : room
}
