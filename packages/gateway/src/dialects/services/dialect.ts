import type { ServiceEvent } from '../../model/service-event.ts'
import type { Dialect, DialectTools } from '../../ports/dialect.ts'
import type { EntityStore } from '../../ports/entities.ts'
import type { Services } from '../../ports/services.ts'
import { Compression, type Message } from './compression.ts'
import { eventFrame } from './frames.ts'
import type { ServicesOptions } from './options.ts'
import { entityRoutes } from './rest/entity-routes.ts'
import { guarded, refuse } from './rest/guard.ts'
import { serviceRoutes } from './rest/service-routes.ts'
import { wrongAddresses, wrongVersion } from './rest/wrong-addresses.ts'
import { ServicesSession, type SessionTools } from './session.ts'

/** The dialect `services`: frames `{ op, d, t }` at `/ws/v1`, and what was cached by REST under `/v1`. */
export function servicesDialect(
  services: Services,
  entities: EntityStore,
  options: ServicesOptions,
  tools: DialectTools,
): Dialect {
  const compression = new Compression(options.compressionsInFlight)
  const messages = new WeakMap<ServiceEvent, Message>()
  const sessionTools: SessionTools = {
    ...tools,
    services,
    entities,
    options,
    compression,
    messageOf(event) {
      let message = messages.get(event)
      if (message === undefined) {
        message = { text: eventFrame(event) }
        messages.set(event, message)
      }
      return message
    },
  }
  const routes = [...serviceRoutes(services), ...entityRoutes(entities)]
  return {
    name: 'services',
    doors: [
      { address: 'GET /ws/v1', says: 'be a service of a bot or back end (WebSocket)' },
      { address: 'GET /v1/services', says: 'see who is; the rest is in /api/openapi.json' },
    ],
    routes: [...routes.map((route) => guarded(route, options.secret)), ...wrongAddresses()],
    refuse,
    upgrade({ segments }) {
      if (segments[0] !== 'ws') return null
      if (segments.length !== 2 || segments[1] !== 'v1') return Promise.reject(wrongVersion())
      return Promise.resolve({
        maxMessage: options.unidentifiedMax,
        frames: { perSecond: options.framesPerSecond, burst: options.frameBurst },
        open: (connection) => new ServicesSession(connection, sessionTools),
      })
    },
  }
}
