import { bearerOf } from '../../../model/bearer.ts'
import type { RoomId } from '../../../model/room.ts'
import type { HttpRequest, HttpRoute } from '../../../ports/http.ts'
import { bearerIn } from '../bearer.ts'
import { writer } from './caller.ts'
import * as refusals from './refusals.ts'
import {
  type JoinBody,
  joinBody,
  joined,
  participant,
  type UpdateParticipantBody,
  updateParticipantBody,
} from './schemas.ts'
import { colorOf, nameOf } from './texts.ts'
import type { RestTools } from './tools.ts'
import { joinedView, participantView } from './views.ts'

const tag = 'Participants'

export function participantRoutes({ core }: RestTools): HttpRoute[] {
  const join: HttpRoute = {
    method: 'POST',
    path: '/api/rooms/:roomId/participants',
    summary: 'Join a room',
    tag,
    body: joinBody,
    replies: { 201: { says: 'Joined.', schema: joined }, ...refusals.onJoin },
    async answer(request) {
      const room = request.params.roomId!
      const { name, color, adminPassword } = request.body as JoinBody
      const joiner = {
        userId: await knownUser(room, request),
        name: nameOf(name, 'name'),
        ...(color !== undefined && { color: colorOf(color) }),
      }
      const done = await core.rooms.join(room, joiner, adminPassword, request.address)
      return { status: 201, body: joinedView(done) }
    },
  }

  const update: HttpRoute = {
    method: 'PATCH',
    path: '/api/rooms/:roomId/participants/:userId',
    summary: "Change a participant (admins; one's own colour, everyone)",
    tag,
    body: updateParticipantBody,
    replies: { 200: { says: 'The participant now.', schema: participant }, ...refusals.onParticipant },
    async answer(request) {
      const { roomId, userId } = request.params as { roomId: string; userId: string }
      const actor = await writer(core, roomId, request)
      const { color, ...ranks } = request.body as UpdateParticipantBody
      const changes = { ...ranks, ...(color !== undefined && { color: colorOf(color) }) }
      const changed = await core.rooms.change(roomId, actor, userId, changes)
      return { status: 200, body: participantView(changed) }
    },
  }

  const kick: HttpRoute = {
    method: 'DELETE',
    path: '/api/rooms/:roomId/participants/:userId',
    summary: 'Kick a participant, who may join anew (admins)',
    tag,
    replies: { 204: { says: 'Gone, and so is their participantId.' }, ...refusals.onParticipant },
    async answer(request) {
      const { roomId, userId } = request.params as { roomId: string; userId: string }
      const actor = await writer(core, roomId, request)
      await core.rooms.kick(roomId, actor, userId)
      return { status: 204 }
    },
  }

  /** Who joins with a token, or again with a participantId, stays the same user; anyone else is a new one. */
  async function knownUser(room: RoomId, request: HttpRequest): Promise<string | null> {
    const bearer = bearerOf(request.header('authorization'))
    return bearer === null ? null : (await bearerIn(core, room, bearer)).userId
  }

  return [join, update, kick]
}
