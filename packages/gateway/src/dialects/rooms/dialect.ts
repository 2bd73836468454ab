import type { Core } from '../../ports/core.ts'
import type { Dialect, DialectTools } from '../../ports/dialect.ts'
import type { RoomsOptions } from './options.ts'
import { eventRoutes } from './rest/event-routes.ts'
import { messageRoutes } from './rest/message-routes.ts'
import { participantRoutes } from './rest/participant-routes.ts'
import { roomRoutes } from './rest/room-routes.ts'
import type { SessionTools } from './session.ts'
import { createSpeeches } from './speech.ts'
import { upgrade } from './upgrade.ts'

/** The dialect `rooms`: packets `{ e, d }` at `/gateway`, everything else by REST under `/api/rooms`. */
export function roomsDialect(core: Core, options: RoomsOptions, tools: DialectTools): Dialect {
  const times = { interval: options.heartbeatInterval, grace: options.heartbeatGrace }
  const sessionTools: SessionTools = { core, speeches: createSpeeches(), times, ...tools }
  const rest = { core, options, limits: tools.limits }
  return {
    name: 'rooms',
    doors: [
      { address: 'GET /gateway?roomId=…&participantId=…', says: 'hear a room (WebSocket)' },
      { address: 'POST /api/rooms', says: 'make a room; the rest is in /api/openapi.json' },
    ],
    routes: [...roomRoutes(rest), ...participantRoutes(rest), ...messageRoutes(rest), ...eventRoutes(rest)],
    upgrade: (request) => (request.path === '/gateway' ? upgrade(request, sessionTools) : null),
  }
}
