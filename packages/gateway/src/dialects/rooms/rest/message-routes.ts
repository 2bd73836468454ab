import Type from 'typebox'
import { idempotencyKeyOf } from '../../../model/idempotency-key.ts'
import type { Message } from '../../../model/message.ts'
import type { Actor } from '../../../model/participant.ts'
import type { RoomId } from '../../../model/room.ts'
import type { HttpRequest, HttpRoute } from '../../../ports/http.ts'
import { reader, writer } from './caller.ts'
import { messageNumber, numberIn } from './numbers.ts'
import * as refusals from './refusals.ts'
import { defaultLimit, type MessageBody, message, messageBody, messagePage, pageLimit } from './schemas.ts'
import { contentOf } from './texts.ts'
import type { RestTools } from './tools.ts'
import { messageView } from './views.ts'

const tag = 'Messages'

/** A page ends early when the messages on it have so many characters. */
const pageLength = 2 ** 20

const pageQuery = Type.Object({
  before: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Messages with a lower number than this only.',
      examples: [120],
    }),
  ),
  limit: Type.Optional(pageLimit),
})

export function messageRoutes({ core, limits }: RestTools): HttpRoute[] {
  const post: HttpRoute = {
    method: 'POST',
    path: '/api/rooms/:roomId/messages',
    summary: 'Write a message',
    tag,
    body: messageBody,
    headers: [
      {
        name: 'Idempotency-Key',
        says: `At most ${limits.idempotencyKey} characters of your choice: a repetition of the request with it writes nothing and gets the first message.`,
      },
    ],
    replies: { 201: { says: 'The message, kept and sent.', schema: message }, ...refusals.onWrite },
    async answer(request) {
      const { room, actor } = await whoWrites(request)
      const content = contentOf((request.body as MessageBody).content)
      const key = idempotencyKeyOf(request.header('idempotency-key'), limits.idempotencyKey)
      const posted = await core.chat.post(room, actor, content, { ...(key !== undefined && { key }) })
      // Only what was written by an earlier try can have been received.
      const body = key === undefined ? messageView(posted, []) : await viewOf(posted, room)
      return { status: 201, body }
    },
  }

  const page: HttpRoute = {
    method: 'GET',
    path: '/api/rooms/:roomId/messages',
    summary: 'Messages, newest first',
    tag,
    query: pageQuery,
    replies: { 200: { says: 'A page of messages.', schema: messagePage }, ...refusals.onRead },
    async answer(request) {
      const room = request.params.roomId!
      const before = numberIn(request.query, 'before')
      const limit = numberIn(request.query, 'limit') ?? defaultLimit
      const { actor } = await reader(core, room, request)
      const found = await core.chat.page(room, actor, before, limit + 1)
      const shown = pageOf(found.slice(0, limit))
      return {
        status: 200,
        body: { messages: await viewsOf(shown, room), more: found.length > shown.length },
      }
    },
  }

  const edit: HttpRoute = {
    method: 'PATCH',
    path: '/api/rooms/:roomId/messages/:number',
    summary: 'Edit a message (its author, and admins)',
    tag,
    body: messageBody,
    replies: { 200: { says: 'The message as it is now.', schema: message }, ...refusals.onMessage },
    async answer(request) {
      const { room, actor } = await whoWrites(request)
      const number = messageNumber(request.params.number)
      const content = contentOf((request.body as MessageBody).content)
      const edited = await core.chat.edit(room, actor, number, content)
      return { status: 200, body: await viewOf(edited, room) }
    },
  }

  const remove: HttpRoute = {
    method: 'DELETE',
    path: '/api/rooms/:roomId/messages/:number',
    summary: 'Delete a message (its author, and admins)',
    tag,
    replies: { 204: { says: 'Its text is gone.' }, ...refusals.onMessage },
    async answer(request) {
      const { room, actor } = await whoWrites(request)
      await core.chat.remove(room, actor, messageNumber(request.params.number))
      return { status: 204 }
    },
  }

  async function viewsOf(messages: readonly Message[], room: RoomId) {
    const receipts = await core.receipts.of(room, messages)
    return messages.map((message, i) => messageView(message, receipts[i] ?? []))
  }

  async function viewOf(message: Message, room: RoomId) {
    return (await viewsOf([message], room))[0]
  }

  async function whoWrites(request: HttpRequest): Promise<{ room: RoomId; actor: Actor }> {
    const room = request.params.roomId!
    return { room, actor: await writer(core, room, request) }
  }

  return [post, page, edit, remove]
}

/** As many as fit a page, one at least: clients of other protocols write messages of up to 64 KiB. */
function pageOf(messages: readonly Message[]): readonly Message[] {
  let length = 0
  for (const [index, { content }] of messages.entries()) {
    length += content.length
    if (length > pageLength && index > 0) return messages.slice(0, index)
  }
  return messages
}
