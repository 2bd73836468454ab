import { sharder } from '../../../model/service-event.ts'
import type { HttpRoute } from '../../../ports/http.ts'
import type { ServiceReport, Services } from '../../../ports/services.ts'
import * as schemas from './schemas.ts'

/** Who is connected. */
export function serviceRoutes(services: Services): HttpRoute[] {
  return [
    {
      method: 'GET',
      path: '/v1/services',
      summary: 'The services that are connected',
      tag: 'Services',
      replies: {
        200: {
          says: 'In the order they came.',
          schema: { type: 'array', items: schemas.service },
        },
        401: { says: 'No secret was sent.', schema: schemas.error },
        403: { says: 'The secret is wrong.', schema: schemas.error },
      },
      answer: () => ({ status: 200, body: services.list().map(view) }),
    },
  ]
}

/** What the gateway knows itself stands over what the service says. */
function view({ type, startTime, heartbeat, shards }: ServiceReport): Record<string, unknown> {
  const own = { type, startTime, ...(shards !== null && { shards }) }
  return {
    ...own,
    heapUsed: null,
    ...(type === sharder && { guilds: null }),
    ...JSON.parse(heartbeat),
    ...own,
  }
}
