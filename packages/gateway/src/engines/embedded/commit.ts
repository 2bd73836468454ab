import { type Act, onlyWrites } from '../../model/act.ts'
import type { DurableEvent } from '../../model/event.ts'
import { checkCredential } from '../../model/rules/access.ts'
import { decide } from '../../model/rules/decide.ts'
import {
  type Change,
  type Decision,
  type Facts,
  type Needs,
  needs,
  type ReceiptFacts,
} from '../../model/rules/facts.ts'
import type { Outcome } from '../../ports/engine.ts'
import type { Mailing } from '../../ports/inbox-store.ts'
import type { Deliveries } from './deliveries.ts'
import type { Epochs } from './epochs.ts'
import type { Inboxes } from './inboxes.ts'
import type { Keys } from './keys.ts'
import type { RoomLogs } from './log.ts'
import type { MessageIds } from './message-ids.ts'
import type { Messages } from './messages.ts'
import type { Participants } from './participants.ts'
import type { Receipts } from './receipts.ts'
import type { Head, RoomState, RoomStates } from './room-states.ts'

type Marking = NonNullable<Needs['receipts']>

export interface CommitTools {
  readonly rooms: RoomStates
  readonly participants: Participants
  readonly messages: Messages
  readonly messageIds: MessageIds
  readonly receipts: Receipts
  readonly inboxes: Inboxes
  readonly deliveries: Deliveries
  readonly log: RoomLogs
  readonly keys: Keys
  readonly epochs: Epochs
}

/**
 * Judges acts and writes what follows. To be called inside a transaction; throws the rule's `Problem` before it has written. `now` is the
 * time that keys end by.
 */
export function createCommit(tools: CommitTools): (act: Act, now: number) => Outcome {
  const { rooms, participants, messages, messageIds, receipts, inboxes, deliveries, log, keys, epochs } =
    tools

  function commit(act: Act, now: number): Outcome {
    const { key } = act
    const facts = factsOf(act)
    checkCredential(act, facts)
    const earlier = key === undefined ? null : keys.outcome(act, key, now)
    if (earlier !== null) return earlier
    const outcome = keep(act, decide(act, facts))
    if (key !== undefined) keys.keep(act, key, now, outcome)
    return outcome
  }

  function factsOf(act: Act): Facts {
    const state = rooms.get(act.room)
    const { subject, message, newName, receipts: wanted } = needs(act)
    const { userId: actorId, credentialHash } = act.actor
    const participant = (userId: string | null | undefined) =>
      state === null || userId === null || userId === undefined ? null : participants.get(state.key, userId)
    return {
      room: state?.room ?? null,
      head: state?.head ?? emptyHead,
      nextMessageId: messageIds.next,
      actor:
        credentialHash === undefined || state === null
          ? participant(actorId)
          : participants.byCredential(state.key, credentialHash),
      subject: participant(subject),
      message: state === null || message === undefined ? null : messages.get(state.key, message),
      activeParticipants: state === null || newName === undefined ? 0 : participants.countActive(state.key),
      nameTaken: state !== null && newName !== undefined && participants.isNameTaken(state.key, newName),
      ...(state !== null && wanted !== undefined && actorId !== null
        ? { receipts: receiptFacts(state, actorId, wanted) }
        : {}),
    }
  }

  function receiptFacts({ key }: RoomState, userId: string, { mark, upTo }: Marking): ReceiptFacts {
    const marks = receipts.marks(key, userId)
    return { marks, authors: messages.authors(key, marks[mark], upTo, userId) }
  }

  function keep(act: Act, decision: Decision): Outcome {
    const { room, participant } = decision
    const event = eventOf(act, decision)
    for (const change of decision.changes) apply(act, change, event)
    const mailing = event === null ? null : append(event, decision, act.actor.userId)
    const posted = decision.changes.some(({ kind }) => kind === 'delivery.put')
    return {
      event,
      ...(mailing !== null && { mailing }),
      ...(posted && { posted }),
      ...(!onlyWrites(act.body) && { room }),
      ...(participant !== undefined && { participant }),
      repeated: false,
      ...(act.note !== undefined && { note: act.note }),
    }
  }

  function eventOf(act: Act, { event: body }: Decision): DurableEvent | null {
    if (body === null) return null
    return {
      id: act.id,
      room: act.room,
      seq: (rooms.get(act.room)?.head.seq ?? 0) + 1,
      at: act.at,
      body,
      ...('targets' in act.body && act.body.targets !== undefined && { targets: act.body.targets }),
      ...(act.wantsAck === true && { wantsAck: true }),
    }
  }

  function append(event: DurableEvent, { room, inbox }: Decision, actorId: string | null): Mailing | null {
    const state = rooms.get(event.room)
    // A closed room's last event is told to those who are there; its log is gone.
    if (state === null) return null
    const { body, seq } = event
    const head: Head = {
      ...state.head,
      ...(body.kind === 'message.created' && {
        number: body.message.number,
        messageId: body.message.id,
        messageSeq: seq,
      }),
      seq,
      run: epochs.current,
    }
    log.append(state, event, head)
    rooms.move(state, head, room)
    return inboxes.deliver(state, event, inbox, actorId)
  }

  function apply(act: Act, change: Change, event: DurableEvent | null): void {
    if (change.kind === 'room.put') {
      rooms.put(change.room)
      return
    }
    const state = existing(act)
    switch (change.kind) {
      case 'room.remove':
        return rooms.remove(state)
      case 'participant.put':
        inboxes.participantsChanged(state.key)
        return participants.put(state.key, change.participant, change.credentialHash)
      case 'participant.remove':
        inboxes.participantsChanged(state.key)
        return participants.remove(state.key, change.userId)
      case 'message.put':
        return putMessage(state, change, event)
      case 'message.erase':
        deliveries.forget(change.message.id)
        return messages.erase(state.key, change.message)
      case 'receipt.put':
        return receipts.put(state.key, change)
      case 'inbox.open':
        return inboxes.open(change.userId)
      case 'delivery.put':
        return deliveries.put(act.room, change, act.at)
    }
  }

  /** A new message is kept as its event; only what becomes of it later is written besides. */
  function putMessage(
    state: RoomState,
    { message }: Change & { kind: 'message.put' },
    event: DurableEvent | null,
  ): void {
    if (event === null) throw new Error('a message is kept as an event, and there is none')
    if (event.body.kind === 'message.created') messageIds.used(message.id)
    else messages.revise(state.key, message, event.seq)
  }

  function existing(act: Act): RoomState {
    const state = rooms.get(act.room)
    if (state === null) throw new Error(`${act.body.kind} is to change a room that is not there`)
    return state
  }

  return commit
}

const emptyHead = { seq: 0, number: 0 }
