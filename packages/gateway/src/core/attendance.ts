import type { DurableEvent, Member, PassingBody, RoomEvent } from '../model/event.ts'
import type { Actor, Participant } from '../model/participant.ts'
import type { Position } from '../model/position.ts'
import { Problem } from '../model/problem.ts'
import type { Room, RoomId } from '../model/room.ts'
import { isRoomAdmin } from '../model/rules/access.ts'
import type { Clock, Random } from '../ports/clock.ts'
import type { Attendance, Attendee, AttendRequest, Rooms } from '../ports/core.ts'
import type { EventLog } from '../ports/engine.ts'
import type { Hub } from './hub.ts'
import { memberIdOf } from './member-id.ts'
import { Places } from './places.ts'
import { Presence } from './presence.ts'
import { Retellings } from './retellings.ts'
import { Subscriber } from './subscriber.ts'

interface AttendanceTools {
  readonly hub: Hub
  readonly rooms: Rooms
  readonly log: EventLog
  readonly clock: Clock
  readonly random: Random
  /** The most events a resume replays. */
  readonly replayLimit: number
  /** The most bytes of them, counted as `EventLog.since` does. */
  readonly replayBytes: number
  readonly roomsPerConnection: number
  readonly draining: () => boolean
  /** Tells what passes in a room to those who attend it, but for one member, and to whomever else it concerns. */
  readonly publish: (event: RoomEvent, exceptMember?: string) => void
}

/** Lets connections into rooms, tells them what they missed, and lets them out again. */
export function createAttendance(tools: AttendanceTools): Attendance {
  const { hub, rooms, log, clock, random, replayLimit, replayBytes } = tools
  const presence = new Presence()
  const retellings = new Retellings()
  const places = new Places(tools.roomsPerConnection)

  async function attend(request: AttendRequest): Promise<Attendee> {
    if (tools.draining()) throw new Problem('going_down')
    const memberId = request.memberId ?? memberIdOf(request.room, request.actor, random)
    const subscriber = new Subscriber(request, memberId, (ending) => {
      leave(request.room, subscriber)
      request.ended(ending)
    })
    places.take(subscriber)
    // The subscriber is added before the rules are asked, so that a ban that comes in between ends it.
    hub.add(request.room, subscriber)
    try {
      const { room, participant } = await rooms.enter(request.room, request.actor, request.maker)
      const missed = await catchUp(request, memberId, room, participant)
      if (subscriber.ending === null && request.connection.open) {
        settle(request, subscriber, missed, participant)
      } else {
        leave(request.room, subscriber)
      }
    } catch (error) {
      leave(request.room, subscriber)
      throw error
    }
    return stay(request.room, subscriber)
  }

  /** What was missed, up to a position from which on the subscriber's backlog has everything. */
  async function catchUp(
    { room: id, actor, since }: AttendRequest,
    memberId: string,
    room: Room,
    participant: Participant | null,
  ): Promise<Missed> {
    if (since !== undefined) {
      const from = 'eventId' in since ? await log.find(id, since.eventId) : since
      const replay =
        from !== null && mayReplay(room, participant, from)
          ? await log.since(id, from, replayLimit, replayBytes)
          : null
      if (replay !== null && !wasSentAway(replay.events, actor, memberId))
        return { recovered: true, ...replay }
    }
    const position = await log.head(id)
    if (position === null) throw new Problem('unknown_room')
    return { recovered: since === undefined ? null : false, events: [], position }
  }

  /** Runs in one turn, so that nothing is heard between the greeting, what was missed and what is live. */
  function settle(
    request: AttendRequest,
    subscriber: Subscriber,
    missed: Missed,
    participant: Participant | null,
  ): void {
    const { room, actor, connection } = request
    const { recovered, events, position } = missed
    const member: Member = {
      id: subscriber.memberId,
      userId: actor.userId,
      name: participant?.name ?? actor.name,
      admin: isRoomAdmin(actor, participant),
      presence: request.presence,
    }
    const members = presence.members(room).filter(({ id }) => id !== member.id)
    request.greet({ memberId: member.id, members, position, recovered })
    for (const { event, encoded } of retellings.of(events, subscriber.speech)) subscriber.say(event, encoded)
    for (const event of subscriber.backlog ?? []) {
      // What is not kept is in the greeting already: who came and went in the meantime.
      if (event.seq !== null && event.seq > position.seq) subscriber.tell(event)
    }
    subscriber.present = true
    if (presence.join(room, member)) announce(room, { kind: 'presence.joined', member })
    if (connection.open) hub.room(room)?.goLive(subscriber)
  }

  function leave(room: RoomId, subscriber: Subscriber): void {
    hub.remove(room, subscriber)
    places.free(subscriber)
    subscriber.ending ??= 'left'
    if (!subscriber.present) return
    subscriber.present = false
    const member = presence.leave(room, subscriber.memberId)
    if (member !== null) announce(room, { kind: 'presence.left', member })
  }

  function stay(room: RoomId, subscriber: Subscriber): Attendee {
    const { memberId } = subscriber
    return {
      memberId,
      update(data) {
        const member = subscriber.present ? presence.update(room, memberId, data) : null
        if (member !== null) announce(room, { kind: 'presence.updated', member })
      },
      typing() {
        const member = subscriber.present ? presence.get(room, memberId) : null
        if (member !== null) announce(room, { kind: 'typing', member }, memberId)
      },
      hearOwn: (eventId, speech) => hub.room(room)?.hearOwn(eventId, subscriber, speech),
      forget: (eventId) => hub.room(room)?.forget(eventId),
      speak: (speech) => hub.speak(room, subscriber, speech),
      leave: () => leave(room, subscriber),
    }
  }

  function announce(room: RoomId, body: PassingBody, exceptMember?: string): void {
    tools.publish({ id: `evt_${random.id(16)}`, room, seq: null, at: clock.now(), body }, exceptMember)
  }

  return { attend, members: (room) => presence.members(room) }
}

interface Missed {
  readonly recovered: boolean | null
  readonly events: readonly DurableEvent[]
  readonly position: Position
}

/** What came before someone joined a members' room, again after a kick, is not theirs to replay. */
function mayReplay(room: Room, participant: Participant | null, position: Position): boolean {
  return room.access === 'public' || participant === null || position.seq >= participant.joinedSeq
}

/**
 * Whether someone was kicked, or banned for a while, in the course of these events: then they are not theirs to replay. In a public room, which
 * they may enter again, nothing else would keep from them what was written while they were out.
 */
export function wasSentAway(events: readonly RoomEvent[], { userId }: Actor, memberId: string): boolean {
  return events.some(
    ({ body }) =>
      (body.kind === 'participant.kicked' ||
        (body.kind === 'participant.changed' && body.changes.banned !== undefined)) &&
      (body.userId === userId || body.userId === memberId),
  )
}
