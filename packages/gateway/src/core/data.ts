import { hash } from 'node:crypto'
import type { ActBody } from '../model/act.ts'
import type { JsonText, RoomEvent } from '../model/event.ts'
import { Problem } from '../model/problem.ts'
import type { Clock, Random } from '../ports/clock.ts'
import type { AckReport, Data, Emit, EmitReport, Rooms } from '../ports/core.ts'
import type { EventLog, Outcome } from '../ports/engine.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import type { Acts } from './acts.ts'
import { wasSentAway } from './attendance.ts'
import type { Hub } from './hub.ts'
import { memberIdOf } from './member-id.ts'
import type { Rate } from './rate.ts'
import { RecentReplies } from './recent-replies.ts'
import { choose } from './selection.ts'

interface DataTools {
  readonly acts: Acts
  readonly hub: Hub
  readonly rooms: Rooms
  readonly log: EventLog
  readonly acknowledgements: Acknowledgements
  readonly publishing: Rate
  readonly clock: Clock
  readonly random: Random
  readonly repeatWindow: number
}

/** Emitting JSON to a room, waiting for acknowledgements, and reading back what was emitted. */
export function createData(tools: DataTools): Data {
  const { acts, hub, rooms, log, acknowledgements, publishing, random } = tools
  const replies = new RecentReplies<EmitReport>(tools.clock, tools.repeatWindow)

  async function emit(wanted: Emit): Promise<EmitReport> {
    const { room, actor, from } = wanted
    publishing.take(`${room}\n${actor.userId ?? from}`)
    if (wanted.key === undefined) return emitOnce(wanted)
    const key = keyOf(wanted)
    return replies.once(JSON.stringify([room, actor.userId, key]), () => emitOnce({ ...wanted, key }))
  }

  async function emitOnce(wanted: Emit): Promise<EmitReport> {
    const { room, actor, payload, selection, requireAck, key } = wanted
    // Who may not enter is not told who is there, nor how many.
    if (selection !== null) await unlessNew(rooms.enter(room, actor))
    const here = hub.room(room)
    const listeners = selection === null && !requireAck ? [] : (here?.listeners(requireAck) ?? [])
    const { targets, unknown } = choose(selection, listeners, random)
    const clients = targets?.length ?? here?.listening ?? 0
    const id = acts.newId()
    const wait = requireAck ? acknowledgements.wait(room, id, targets ?? listeners) : null
    const extra = {
      id,
      note: String(clients),
      ...(key !== undefined && { key }),
      ...(requireAck && { wantsAck: true }),
    }
    let outcome: Outcome
    try {
      outcome = await commitInRoom(wanted, bodyOf(payload, targets), extra)
    } catch (error) {
      wait?.cancel()
      throw error
    }
    if (outcome.repeated) {
      wait?.cancel()
      return repeatedReport(outcome, requireAck)
    }
    const acks: AckReport | undefined = await wait?.report
    return { eventId: id, clients, ...(unknown.length > 0 && { unknown }), ...(acks && { acks }) }
  }

  /** A public room is made on first use. */
  async function commitInRoom({ room, actor, from }: Emit, body: ActBody, extra: object): Promise<Outcome> {
    const outcome = await unlessNew(acts.commit(room, actor, body, extra))
    if (outcome !== null) return outcome
    await rooms.enter(room, actor, actor.userId ?? from)
    return acts.commit(room, actor, body, extra)
  }

  return {
    emit,

    async history(room, before, limit) {
      const position = before === null ? null : await log.find(room, before)
      if (before !== null && position === null) throw new Problem('gap')
      return log.page(room, position?.seq ?? null, limit)
    },

    async events(room, actor, after, limit) {
      const {
        participant,
        room: { access },
      } = await rooms.enter(room, actor)
      const beforeJoining = access === 'members' && participant !== null && after.seq < participant.joinedSeq
      const replay = beforeJoining ? null : await log.pageAfter(room, after, limit)
      const memberId = memberIdOf(room, actor, random)
      if (replay === null || wasSentAway(replay.events, actor, memberId)) throw new Problem('gap')
      return { ...replay, events: replay.events.filter((event) => isFor(event, memberId)) }
    },

    async position(room) {
      const position = await log.head(room)
      if (position === null) throw new Problem('unknown_room')
      return position
    },

    acknowledge: (room, eventId, memberId) => acknowledgements.acknowledge(room, eventId, memberId),
  }
}

/**
 * The key among those of the author's other acts: what they did with the same key in another way is another request.
 *
 * Who comes without a user id shares their author's name, and with it their keys, with everyone who does. Where the request comes from and
 * what it asks is joined with the key, so that no stranger's request is answered as another's, and never done.
 */
function keyOf({ key, actor, from, payload, selection, requireAck }: Emit): string {
  if (actor.userId !== null) return `emit ${key}`
  return `emit ${key} ${hash('sha256', JSON.stringify([from, payload, selection, requireAck]), 'base64url')}`
}

/** Null when there is no such room yet. */
async function unlessNew<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Problem && error.code === 'unknown_room') return null
    throw error
  }
}

function isFor({ targets }: RoomEvent, memberId: string): boolean {
  return targets === undefined || targets.includes(memberId)
}

/** A payload for all that is an object with a string `content` is a message, and so reaches every dialect. */
function bodyOf(payload: JsonText, targets: readonly string[] | null): ActBody {
  if (targets !== null) return { kind: 'data.emit', payload, targets }
  const content = contentOf(payload)
  return content === null ? { kind: 'data.emit', payload } : { kind: 'message.create', content, payload }
}

function contentOf(payload: JsonText): string | null {
  if (!payload.startsWith('{')) return null
  const { content } = JSON.parse(payload) as { content?: unknown }
  return typeof content === 'string' ? content : null
}

/** The first report is known no more (the gateway was restarted in between), but for what was kept with the key. */
function repeatedReport({ event, note }: Outcome, requireAck: boolean): EmitReport {
  if (event === null) throw new Problem('internal')
  if (requireAck) {
    throw new Problem(
      'not_acknowledged',
      `${event.id} was emitted before, and who acknowledged it is not known any more.`,
    )
  }
  return { eventId: event.id, clients: Number(note ?? 0) }
}
