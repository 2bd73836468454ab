import type { DurableEvent, JsonText } from '../../model/event.ts'
import { Problem } from '../../model/problem.ts'
import type { Core } from '../../ports/core.ts'
import type { DialectTools } from '../../ports/dialect.ts'
import type { HttpRoute } from '../../ports/http.ts'
import { callerOf } from './caller.ts'
import { checkChannelName } from './channel-name.ts'
import { refusal } from './errors.ts'
import { dataOf } from './events.ts'
import { findRoom } from './find-room.ts'
import { failed, historyQuery, history as historyReply } from './schemas.ts'

/** `/:channel/history`: what was emitted to all, a page at a time. */
export function historyRoute(core: Core, { limits }: DialectTools): HttpRoute {
  return {
    method: 'GET',
    path: '/:channel/history',
    summary: 'Read what was emitted to a channel',
    tag: 'channels',
    query: historyQuery,
    replies: {
      200: { says: 'The events, newest last.', schema: historyReply },
      400: { says: 'A parameter cannot be.', schema: failed },
      401: { says: 'The token is not good.', schema: failed },
      403: { says: 'The caller may not read here.', schema: failed },
      410: { says: 'The channel does not have the event named in "before" any more.', schema: failed },
    },
    refuse: refusal,
    async answer(request) {
      const channel = checkChannelName(request.params.channel, limits.roomName)
      const caller = await callerOf(core.accounts, channel, request)
      const limit = limitOf(request.query.get('limit'))
      const room = await findRoom(core.rooms, channel, caller)
      const events = room === null ? [] : await core.data.history(channel, request.query.get('before'), limit)
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: `{"history":[${events.flatMap(entryOf).join(',')}]}`,
      }
    },
  }
}

function limitOf(text: string | null): number {
  const limit = text === null ? 50 : /^[0-9]{1,3}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= 100) return limit
  throw new Problem(
    'invalid_request',
    `"limit" must be a whole number from 1 to 100, got ${JSON.stringify(text?.slice(0, 40))}.`,
  )
}

function entryOf({ id, body, at }: DurableEvent): JsonText[] {
  const payload = dataOf(body)
  return payload === null ? [] : [`{"eventID":"${id}","payload":${payload},"at":${at}}`]
}
