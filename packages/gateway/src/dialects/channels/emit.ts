import type { JsonText } from '../../model/event.ts'
import { idempotencyKeyOf } from '../../model/idempotency-key.ts'
import { Problem } from '../../model/problem.ts'
import type { Core, EmitReport } from '../../ports/core.ts'
import type { DialectTools } from '../../ports/dialect.ts'
import type { HttpReply, HttpRequest, HttpRoute } from '../../ports/http.ts'
import { callerOf, checkSite } from './caller.ts'
import { checkChannelName, matcher } from './channel-name.ts'
import { payloadOfBody, payloadOfQuery, requireAckOf, selectionOf } from './emit-request.ts'
import { errorCode, refusal } from './errors.ts'
import type { ChannelsOptions } from './options.ts'
import { emitQuery, emitted, failed, notAcknowledged, payload } from './schemas.ts'

/** `/:channel/emit`: sends JSON to the listeners of a channel. */
export function emitRoutes(core: Core, options: ChannelsOptions, { limits }: DialectTools): HttpRoute[] {
  const isOpen = matcher(options.openPatterns)

  async function emit(request: HttpRequest, payloadOf: () => JsonText): Promise<HttpReply> {
    const room = checkChannelName(request.params.channel, limits.roomName)
    checkSite(request)
    const actor = await callerOf(core.accounts, room, request)
    if (options.requireToken && actor.userId === null && !isOpen(room)) throw new Problem('unauthorized')
    const key = idempotencyKeyOf(request.header('idempotency-key'), limits.idempotencyKey)
    const report = await core.data.emit({
      room,
      actor,
      payload: payloadOf(),
      selection: selectionOf(request.query),
      requireAck: requireAckOf(request.query),
      from: request.address,
      ...(key !== undefined && { key }),
    })
    return replyOf(report)
  }

  const shared = {
    path: '/:channel/emit',
    tag: 'channels',
    query: emitQuery,
    headers: [
      {
        name: 'Idempotency-Key',
        says: `At most ${limits.idempotencyKey} characters of your choice: a repetition of the request with it emits nothing and gets the first reply.`,
      },
    ],
    replies: {
      200: { says: 'It was emitted, and acknowledged by all where that was asked.', schema: emitted },
      400: { says: 'There is no payload, or a parameter cannot be.', schema: failed },
      401: { says: 'A token is needed, or the one given is not good.', schema: failed },
      403: { says: 'The caller may not emit here.', schema: failed },
      404: { says: 'None of the clients named is connected.', schema: failed },
      408: { says: 'Not all acknowledged within 5 s.', schema: notAcknowledged },
      429: { says: 'Too often; "Retry-After" says when to try again.', schema: failed },
    },
    refuse: refusal,
  }
  return [
    {
      ...shared,
      method: 'POST',
      summary: 'Emit the body, which is any JSON value, to the listeners of a channel',
      rawBody: payload,
      replies: { ...shared.replies, 413: { says: 'The body is too large.', schema: failed } },
      answer: (request) => emit(request, () => payloadOfBody(request.raw, limits.jsonDepth)),
    },
    {
      ...shared,
      method: 'GET',
      summary: 'Emit the query parameters, as an object of strings, to the listeners of a channel',
      answer(request) {
        // Asking for the head alone must change nothing (RFC 9110 §9.2.1); GET only does because the protocol wants it.
        if (request.method === 'HEAD')
          throw new Problem('method_not_allowed', 'This address takes GET and POST.')
        return emit(request, () => payloadOfQuery(request.query))
      },
    },
  ]
}

function replyOf({ eventId, clients, unknown, acks }: EmitReport): HttpReply {
  const sent = { eventID: eventId, clients, ...(unknown !== undefined && { unknown }) }
  if (acks === undefined) return { status: 200, body: { success: true, ...sent } }
  if (acks.pending.length + acks.left.length === 0) {
    return { status: 200, body: { success: true, ...sent, acked: acks.acked } }
  }
  const { status, message, code } = new Problem('not_acknowledged')
  return { status, body: { success: false, error: message, code: errorCode(code), ...sent, ...acks } }
}
