import type { TSchema } from 'typebox'
import type { HttpRoute } from '../ports/http.ts'

export interface ApiInfo {
  readonly title: string
  readonly version: string
  readonly description: string
}

/** The gateway's error, as `problemReply` sends it. */
const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', description: 'Stable; for programs.' },
        message: { type: 'string', description: 'A sentence; for people.' },
        retryAfter: { type: 'number', description: 'When to try again, in seconds.' },
      },
    },
  },
}

/** The OpenAPI 3.1 document of a route table. A TypeBox schema is JSON Schema, so it stands there as it is. */
export function openApiDocument(routes: readonly HttpRoute[], info: ApiInfo): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    if (route.hidden === true) continue
    const path = route.path.replaceAll(/:([A-Za-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: {
      schemas: { Error: errorSchema },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A JWT, or a participant credential of the room.',
        },
        ...keySchemes(routes),
      },
    },
  }
}

function keySchemes(routes: readonly HttpRoute[]): Record<string, object> {
  const keys = routes.flatMap(({ key }) => key ?? [])
  return Object.fromEntries(
    keys.map(({ name, header, says }) => [
      name,
      { type: 'apiKey', in: 'header', name: header, description: says },
    ]),
  )
}

function operation(route: HttpRoute): Record<string, unknown> {
  const body = route.body ?? route.rawBody
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [route.tag],
    security: route.key === undefined ? [{}, { bearer: [] }] : [{ [route.key.name]: [] }],
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: responses(route),
  }
}

/** `POST /api/rooms/:roomId/messages` → `postApiRoomsRoomIdMessages`. */
function operationId({ method, path }: HttpRoute): string {
  const words = path.match(/[A-Za-z0-9]+/g) ?? []
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

function pathParameters({ path }: HttpRoute): object[] {
  return [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ query }: HttpRoute): object[] {
  const { properties = {}, required = [] } = (query ?? {}) as {
    properties?: Record<string, TSchema & { description?: string }>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(schema.description === undefined ? {} : { description: schema.description }),
    schema,
  }))
}

function headerParameters({ headers = [] }: HttpRoute): object[] {
  return headers.map(({ name, says }) => ({
    name,
    in: 'header',
    required: false,
    description: says,
    schema: { type: 'string' },
  }))
}

function responses({ replies, refuse }: HttpRoute): Record<string, unknown> {
  const described: Record<string, unknown> = {}
  for (const [status, { says, schema }] of Object.entries(replies)) {
    // A route with errors of its own shape describes them itself.
    const error =
      refuse === undefined && Number(status) >= 400 ? { $ref: '#/components/schemas/Error' } : undefined
    const content = schema ?? error
    described[status] = { description: says, ...(content === undefined ? {} : { content: json(content) }) }
  }
  if (refuse === undefined) {
    const content = json({ $ref: '#/components/schemas/Error' })
    described.default = { description: 'Refused; the error says why and what to do.', content }
  }
  return described
}

function json(schema: object): object {
  return { 'application/json': { schema } }
}
