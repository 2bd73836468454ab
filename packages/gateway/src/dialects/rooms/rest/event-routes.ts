import Type from 'typebox'
import type { Actor, Participant } from '../../../model/participant.ts'
import { type Position, parsePosition } from '../../../model/position.ts'
import { Problem } from '../../../model/problem.ts'
import type { Room } from '../../../model/room.ts'
import { isRoomAdmin } from '../../../model/rules/access.ts'
import type { HttpReply, HttpRoute } from '../../../ports/http.ts'
import { reader } from './caller.ts'
import { numberIn } from './numbers.ts'
import * as refusals from './refusals.ts'
import { defaultLimit, eventPage, gap, pageLimit } from './schemas.ts'
import type { RestTools } from './tools.ts'
import { eventText } from './views.ts'

const pageQuery = Type.Object({
  since: Type.Optional(
    Type.String({
      description: 'Events after this `seq`. Absent: from the beginning, or from where the caller joined.',
      examples: ['42'],
    }),
  ),
  epoch: Type.Optional(
    Type.String({ description: 'The epoch that came with it.', examples: ['r3J9.b7QmYw1n'] }),
  ),
  limit: Type.Optional(pageLimit),
})

interface Reader {
  readonly actor: Actor
  readonly room: Room
  readonly participant: Participant | null
}

export function eventRoutes({ core }: RestTools): HttpRoute[] {
  const page: HttpRoute = {
    method: 'GET',
    path: '/api/rooms/:roomId/events',
    summary: "The room's log, oldest first",
    tag: 'Events',
    query: pageQuery,
    replies: {
      200: { says: 'A page of the log, whole.', schema: eventPage },
      410: { says: 'Not all that came after that position is there. Where the log stands now.', schema: gap },
      ...refusals.onRead,
    },
    async answer(request) {
      const { query } = request
      const limit = numberIn(query, 'limit') ?? defaultLimit
      const wanted = wantedPosition(query)
      const who = await reader(core, request.params.roomId!, request)
      const head = await core.data.position(who.room.id)
      const from = wanted ?? { epoch: head.epoch, seq: who.participant?.joinedSeq ?? 0 }
      try {
        return await read(who, from, limit)
      } catch (error) {
        if (error instanceof Problem && error.code === 'gap') return gone(error, head)
        throw error
      }
    },
  }

  async function read(
    { actor, room, participant }: Reader,
    from: Position,
    limit: number,
  ): Promise<HttpReply> {
    const { events, position } = await core.data.events(room.id, actor, from, limit)
    const head = await core.data.position(room.id)
    const asAdmin = isRoomAdmin(actor, participant)
    const listed = events.map((event) => eventText(event, asAdmin)).join(',')
    const more = position.seq < head.seq
    const body = `{"events":[${listed}],"position":${JSON.stringify(position)},"more":${more}}`
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }

  return [page]
}

function wantedPosition(query: URLSearchParams): Position | null {
  const since = query.get('since')
  const epoch = query.get('epoch')
  if (since !== null) return parsePosition(since, epoch)
  if (epoch !== null) throw new Problem('invalid_position', '"epoch" goes with "since", which is missing.')
  return null
}

function gone({ status, code, message }: Problem, position: Position): HttpReply {
  return { status, body: { error: { code, message, position } } }
}
