import { type Act, onlyWrites } from '../../../src/model/act.ts'
import type { DurableEvent } from '../../../src/model/event.ts'
import type { Message } from '../../../src/model/message.ts'
import { authorId, type Participant } from '../../../src/model/participant.ts'
import { type MarkedAuthor, type Marks, noMarks } from '../../../src/model/receipt.ts'
import type { Room, RoomId } from '../../../src/model/room.ts'
import { decide } from '../../../src/model/rules/decide.ts'
import { type Change, type Facts, needs } from '../../../src/model/rules/facts.ts'
import type { Outcome } from '../../../src/ports/engine.ts'

interface ReferenceRoom {
  room: Room
  readonly participants: Map<string, Participant>
  readonly messages: Map<number, Message>
  readonly marks: Map<string, Marks>
  /** Null where an erased event was. */
  readonly events: (DurableEvent | null)[]
}

/** What an engine should be, said as plainly as can be: everything in memory, one act at a time. */
export class Reference {
  readonly rooms = new Map<RoomId, ReferenceRoom>()
  readonly #outcomes = new Map<string, Outcome>()
  #nextMessageId: number

  constructor(nextMessageId: number) {
    this.#nextMessageId = nextMessageId
  }

  /** Throws the rule's `Problem`. */
  commit(act: Act): Outcome {
    const key = act.key === undefined ? null : JSON.stringify([keyScope(act), authorId(act.actor), act.key])
    const earlier = key === null ? undefined : this.#outcomes.get(key)
    if (earlier !== undefined)
      return { ...earlier, event: this.#asItIsNow(earlier.event, act), repeated: true }
    const outcome = this.#keep(act)
    if (key !== null) this.#outcomes.set(key, outcome)
    return outcome
  }

  /** Everything after `seq` that is not erased. */
  since(room: RoomId, seq: number): DurableEvent[] {
    const events = this.rooms.get(room)?.events ?? []
    return events.slice(seq).filter((event) => event !== null)
  }

  #asItIsNow(event: DurableEvent | null, { at }: Act): DurableEvent | null {
    if (event === null || !('message' in event.body)) return event
    const { message } = event.body
    const { attachments: _, ...rest } = message
    const found = this.rooms.get(event.room)?.messages.get(message.number)
    const gone = { ...rest, content: '', deletedAt: at }
    return { ...event, body: { ...event.body, message: found?.id === message.id ? found : gone } }
  }

  #keep(act: Act): Outcome {
    const decision = decide(act, this.#facts(act))
    const seq = (this.rooms.get(act.room)?.events.length ?? 0) + 1
    for (const change of decision.changes) this.#apply(act, change)
    const event: DurableEvent | null =
      decision.event === null
        ? null
        : {
            id: act.id,
            room: act.room,
            seq,
            at: act.at,
            body: decision.event,
            ...('targets' in act.body && act.body.targets && { targets: act.body.targets }),
          }
    const kept = this.rooms.get(act.room)
    if (kept !== undefined) {
      kept.room = decision.room
      if (event !== null) kept.events.push(event)
    }
    const { room, participant } = decision
    return {
      event,
      ...(decision.changes.some(({ kind }) => kind === 'delivery.put') && { posted: true as const }),
      ...(!onlyWrites(act.body) && { room }),
      ...(participant && { participant }),
      repeated: false,
    }
  }

  #facts(act: Act): Facts {
    const kept = this.rooms.get(act.room)
    const { subject, message, newName, receipts } = needs(act)
    const participants = [...(kept?.participants.values() ?? [])]
    return {
      room: kept?.room ?? null,
      head: { seq: kept?.events.length ?? 0, number: kept?.messages.size ?? 0 },
      nextMessageId: this.#nextMessageId,
      actor: kept?.participants.get(act.actor.userId ?? '') ?? null,
      subject: kept?.participants.get(subject ?? '') ?? null,
      message: kept?.messages.get(message ?? 0) ?? null,
      activeParticipants: participants.filter(({ banned }) => !banned).length,
      nameTaken: participants.some(({ name }) => name === newName),
      ...(kept && receipts && { receipts: receiptFacts(kept, authorId(act.actor), receipts) }),
    }
  }

  #apply(act: Act, change: Change): void {
    if (change.kind === 'room.put') {
      const kept = this.rooms.get(act.room)
      if (kept !== undefined) kept.room = change.room
      else this.rooms.set(act.room, newRoom(change.room))
      return
    }
    const kept = this.rooms.get(act.room)!
    switch (change.kind) {
      case 'room.remove':
        this.rooms.delete(act.room)
        break
      case 'participant.put':
        kept.participants.set(change.participant.userId, change.participant)
        break
      case 'participant.remove':
        kept.participants.delete(change.userId)
        break
      case 'message.put':
        kept.messages.set(change.message.number, change.message)
        this.#nextMessageId = Math.max(this.#nextMessageId, change.message.id + 1)
        break
      case 'message.erase':
        kept.messages.set(change.message.number, change.message)
        erase(kept.events, change.message.number)
        break
      case 'receipt.put':
        kept.marks.set(change.userId, {
          ...(kept.marks.get(change.userId) ?? noMarks),
          [change.mark]: change.upTo,
        })
        break
    }
  }
}

/** A room that is to be made gets another id at every try. */
function keyScope({ room, body }: Act): string | null {
  return body.kind === 'room.create' ? null : room
}

function newRoom(room: Room): ReferenceRoom {
  return { room, participants: new Map(), messages: new Map(), marks: new Map(), events: [] }
}

function receiptFacts(
  { marks: all, messages }: ReferenceRoom,
  userId: string,
  { mark, upTo }: { mark: keyof Marks; upTo: number },
): { marks: Marks; authors: MarkedAuthor[] } {
  const marks = all.get(userId) ?? noMarks
  const authors = new Map<string, number>()
  for (const { number, authorId: author } of messages.values()) {
    if (number > marks[mark] && number <= upTo && author !== userId) authors.set(author, number)
  }
  return {
    marks,
    authors: [...authors].sort().map(([author, highest]) => ({ userId: author, highest })),
  }
}

function erase(events: (DurableEvent | null)[], number: number): void {
  for (const [index, event] of events.entries()) {
    const { body } = event ?? {}
    const creates = body?.kind === 'message.created' || body?.kind === 'message.edited'
    if (creates && body.message.number === number) events[index] = null
  }
}
