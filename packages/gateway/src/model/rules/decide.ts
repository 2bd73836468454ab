import type { Act, ActBody } from '../act.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../room.ts'
import type { Decision, Facts } from './facts.ts'
import { invite, leave, openDialog } from './membership-rules.ts'
import { deleteMessage, editMessage, emitData, writeMessage } from './message-rules.ts'
import { changeParticipant, join, kick } from './participant-rules.ts'
import { markReceipts } from './receipt-rules.ts'
import { closeRoom, createRoom, ensureRoom, updateRoom } from './room-rules.ts'

type Rule<Kind extends ActBody['kind']> = (
  act: Act<Extract<ActBody, { kind: Kind }>>,
  facts: Facts & { room: Room },
) => Decision

type Making = 'room.ensure' | 'room.create' | 'dialog.open'

const rules: { readonly [Kind in Exclude<ActBody['kind'], Making>]: Rule<Kind> } = {
  'room.update': updateRoom,
  'room.close': closeRoom,
  'participant.join': join,
  'participant.change': changeParticipant,
  'participant.kick': kick,
  'participant.invite': invite,
  'participant.leave': leave,
  'receipts.mark': markReceipts,
  'message.create': writeMessage,
  'message.edit': editMessage,
  'message.delete': deleteMessage,
  'data.emit': emitData,
}

/**
 * Judges an act: what follows from it, or a thrown `Problem`. Pure, so that every engine decides alike, inside the
 * transaction that keeps the outcome: no lock, ban or name can change between the question and the answer.
 */
export function decide(act: Act, facts: Facts): Decision {
  if (act.body.kind === 'room.ensure') return ensureRoom(act as Act<typeof act.body>, facts)
  if (act.body.kind === 'room.create') return createRoom(act as Act<typeof act.body>, facts)
  if (act.body.kind === 'dialog.open') return openDialog(act as Act<typeof act.body>, facts)
  if (facts.room === null) throw new Problem('unknown_room')
  const rule = rules[act.body.kind] as (act: Act, facts: Facts) => Decision
  return rule(act, facts)
}
