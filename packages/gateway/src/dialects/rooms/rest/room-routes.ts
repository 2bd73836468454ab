import { bearerOf } from '../../../model/bearer.ts'
import { Problem } from '../../../model/problem.ts'
import type { RoomSettings } from '../../../model/room.ts'
import { isRoomAdmin } from '../../../model/rules/access.ts'
import type { NewJoiner, User } from '../../../ports/core.ts'
import type { HttpRequest, HttpRoute } from '../../../ports/http.ts'
import { reader, writer } from './caller.ts'
import * as refusals from './refusals.ts'
import {
  type CreateRoomBody,
  createdRoom,
  createRoomBody,
  room,
  roomWithParticipants,
  type UpdateRoomBody,
  updateRoomBody,
} from './schemas.ts'
import { colorOf, nameOf } from './texts.ts'
import type { RestTools } from './tools.ts'
import { joinedView, participantView, roomView } from './views.ts'

const tag = 'Rooms'

export function roomRoutes({ core, options }: RestTools): HttpRoute[] {
  /** The settings as they are kept. Throws `invalid_request`. */
  function settingsOf({ name, discordWebhookLink: link, ...rest }: UpdateRoomBody): Partial<RoomSettings> {
    if (typeof link === 'string') options.checkWebhookLink(link)
    return {
      ...rest,
      ...(name !== undefined && { name: name === null ? null : nameOf(name, 'name') }),
      ...(link !== undefined && { discordWebhookLink: link }),
    }
  }

  const create: HttpRoute = {
    method: 'POST',
    path: '/api/rooms',
    summary: 'Make a room; who makes it is its first admin',
    tag,
    body: createRoomBody,
    replies: {
      201: { says: 'The room, and its first participant.', schema: createdRoom },
      ...refusals.onCreate,
    },
    async answer(request) {
      const { adminPassword, participant, ...rest } = request.body as CreateRoomBody
      const user = await userOf(request)
      const made = await core.rooms.create({
        settings: settingsOf(rest),
        creator: creatorOf(user, participant),
        from: request.address,
        ...(adminPassword !== undefined && { adminPassword }),
      })
      return { status: 201, body: { ...roomView(made.room, true), participant: joinedView(made) } }
    },
  }

  const show: HttpRoute = {
    method: 'GET',
    path: '/api/rooms/:roomId',
    summary: 'The room and its participants, as the caller may see them',
    tag,
    replies: { 200: { says: 'The room.', schema: roomWithParticipants }, ...refusals.onRead },
    async answer(request) {
      const id = request.params.roomId!
      const { actor, room, participant } = await reader(core, id, request)
      const participants = await core.rooms.participants(id)
      const view = roomView(room, isRoomAdmin(actor, participant))
      return { status: 200, body: { ...view, participants: participants.map(participantView) } }
    },
  }

  const update: HttpRoute = {
    method: 'PATCH',
    path: '/api/rooms/:roomId',
    summary: 'Change the settings of a room (admins)',
    tag,
    body: updateRoomBody,
    replies: { 200: { says: 'The room as it is now.', schema: room }, ...refusals.onUpdate },
    async answer(request) {
      const id = request.params.roomId!
      const actor = await writer(core, id, request)
      const changed = await core.rooms.update(id, actor, settingsOf(request.body as UpdateRoomBody))
      return { status: 200, body: roomView(changed, true) }
    },
  }

  const close: HttpRoute = {
    method: 'DELETE',
    path: '/api/rooms/:roomId',
    summary: 'Close a room for good, with all that was written in it (admins)',
    tag,
    replies: { 204: { says: 'The room is no more.' }, ...refusals.onAdmin },
    async answer(request) {
      const id = request.params.roomId!
      const actor = await writer(core, id, request)
      await core.rooms.close(id, actor, 'closed by an admin')
      return { status: 204 }
    },
  }

  async function userOf(request: HttpRequest): Promise<User | null> {
    const bearer = bearerOf(request.header('authorization'))
    return bearer === null ? null : core.accounts.user(bearer)
  }

  return [create, show, update, close]
}

function creatorOf(user: User | null, wanted: CreateRoomBody['participant']): NewJoiner {
  return {
    userId: user?.userId ?? null,
    name: wanted?.name === undefined ? givenName(user) : nameOf(wanted.name, 'participant.name'),
    ...(wanted?.color !== undefined && { color: colorOf(wanted.color) }),
  }
}

function givenName(user: User | null): string {
  try {
    return nameOf(user?.name ?? 'admin', 'name')
  } catch (error) {
    if (error instanceof Problem) return 'admin'
    throw error
  }
}
