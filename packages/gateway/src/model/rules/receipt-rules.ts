import type { Act, ActBody } from '../act.ts'
import { Problem } from '../problem.ts'
import { noMarks } from '../receipt.ts'
import type { Room } from '../room.ts'
import { checkEntry } from './access.ts'
import type { Change, Decision, Facts } from './facts.ts'

/**
 * A mark covers every message of others up to its number and only ever advances. One that covers nothing new leaves nothing
 * behind, so that repeating it is free.
 */
export function markReceipts(
  act: Act<Extract<ActBody, { kind: 'receipts.mark' }>>,
  facts: Facts & { room: Room },
): Decision {
  const { room, actor, head } = facts
  const { mark, upTo } = act.body
  const { userId } = act.actor
  checkEntry(room, act.actor, actor)
  if (userId === null) throw new Problem('unauthorized')
  if (upTo < 1 || upTo > head.number) throw new Problem('unknown_message')
  const { marks, authors } = facts.receipts ?? { marks: noMarks, authors: [] }
  const from = marks[mark]
  if (upTo <= from || authors.length === 0) return { event: null, changes: [], room }
  const changes: Change[] = [{ kind: 'receipt.put', userId, mark, upTo, at: act.at }]
  if (mark === 'read' && marks.delivered < upTo) {
    changes.push({ kind: 'receipt.put', userId, mark: 'delivered', upTo, at: act.at })
  }
  return {
    event: { kind: 'receipts.advanced', userId, mark, from, upTo, authors },
    changes,
    room,
    inbox: authors.map((author) => author.userId),
  }
}
