import { Problem } from '../../model/problem.ts'
import type { Admission, UpgradeRequest } from '../../ports/dialect.ts'
import type { HttpRoute } from '../../ports/http.ts'
import { checkSite } from './caller.ts'
import { checkChannelName } from './channel-name.ts'
import { refusal } from './errors.ts'
import { failed, listenQuery } from './schemas.ts'
import type { House } from './stay.ts'
import { StreamListener } from './stream-listener.ts'
import { readVisit } from './visit.ts'
import { WebSocketListener } from './websocket-listener.ts'

/** Answers a handshake at `/:channel/listen`: what can be refused is refused with HTTP, before the upgrade. */
export async function admit(house: House, request: UpgradeRequest): Promise<Admission> {
  const visit = await readVisit(house, request.segments[0], request)
  return { open: (connection) => new WebSocketListener(house, visit, connection) }
}

/** `/:channel/listen` without an upgrade: server-sent events for whoever asks for them. */
export function listenRoute(house: House): HttpRoute {
  return {
    method: 'GET',
    path: '/:channel/listen',
    summary: 'Listen to a channel, over a WebSocket or server-sent events',
    tag: 'channels',
    query: listenQuery,
    headers: [
      {
        name: 'Last-Event-ID',
        says: 'The id of the last event seen, as "since"; browsers send it themselves.',
      },
    ],
    replies: {
      101: { says: 'The connection is a WebSocket from now on.' },
      200: { says: 'With "Accept: text/event-stream": the frames as server-sent events.' },
      400: { says: 'A parameter cannot be.', schema: failed },
      401: { says: 'The token is not good.', schema: failed },
      403: { says: 'The caller may not listen here.', schema: failed },
      426: { says: 'Neither an upgrade nor an event stream was asked for.', schema: failed },
    },
    refuse: refusal,
    async answer(request) {
      checkChannelName(request.params.channel, house.tools.limits.roomName)
      checkSite(request)
      if (!wantsEventStream(request.header('accept'))) throw new Problem('upgrade_required')
      const visit = await readVisit(house, request.params.channel, request)
      return {
        status: 200,
        headers: {
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
          // nginx holds a reply back until a buffer is full, unless told not to.
          'x-accel-buffering': 'no',
        },
        stream: (connection) => new StreamListener(house, visit, connection),
      }
    },
  }
}

function wantsEventStream(accept: string | undefined): boolean {
  return accept !== undefined && /(^|[,\s])text\/event-stream\s*($|[,;])/i.test(accept)
}
