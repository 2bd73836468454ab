import type { IncomingMessage, ServerResponse } from 'node:http'
import { asProblem, Problem } from '../model/problem.ts'
import type { HttpReply, HttpRequest } from '../ports/http.ts'
import { clientAddress } from './address.ts'
import { parseBody, readBody } from './body.ts'
import type { TransportLimits } from './limits.ts'
import type { OriginPolicy } from './origin.ts'
import { Pipelines } from './pipelines.ts'
import { problemReply, sendReply } from './reply.ts'
import type { Match, RouteTable } from './route-table.ts'
import { parseTarget, type Target } from './target.ts'
import type { ReplyTools } from './unread-reply.ts'
import { queryValues } from './validation.ts'

export interface HttpParts extends ReplyTools {
  readonly routes: RouteTable
  readonly limits: TransportLimits
  readonly origins: OriginPolicy
  readonly trustedHops: number
  /** Whether a connection should end with its reply. */
  isDraining(): boolean
  /** Opens a response that stays open. */
  stream(request: HttpRequest, response: ServerResponse, reply: HttpReply): void
}

const noBody = Buffer.alloc(0)
const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/**
 * Answers HTTP requests from the route table. The request goes from `node:http` to the route without a framework between, which
 * halves the cost of a small request.
 */
export function createRequestListener(
  parts: HttpParts,
): (request: IncomingMessage, response: ServerResponse) => void {
  const pipelines = new Pipelines(parts.limits.pipelinedRequests)
  return (request, response) => {
    void answer(parts, pipelines, request, response).catch((error: unknown) => {
      // Only a mistake of the transport itself comes here.
      parts.log.error({ err: error, method: request.method }, 'a request could not be answered')
      response.destroy()
    })
  }
}

async function answer(
  parts: HttpParts,
  pipelines: Pipelines,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = parseTarget(request.url ?? '/')
  try {
    if (response.socket === null && !(await pipelines.turn(request, response))) return
    const originAllowed = allowOrigin(parts.origins, request, response)
    const match = findRoute(parts, request, response, target.path)
    if (match === null) return
    const asked = await readRequest(parts, request, match, target, originAllowed)
    if (asked === null) return
    const reply = await match.route.answer(asked)
    if (reply.stream === undefined || request.method === 'HEAD') respond(parts, response, reply)
    else parts.stream(asked, response, reply)
  } catch (error) {
    refuse(parts, request, response, target, error)
  }
}

/** Tells a browser what its page may do (the CORS protocol of the Fetch standard); false: not read the reply. */
function allowOrigin(origins: OriginPolicy, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  response.setHeader('Vary', 'Origin')
  if (origins.allows(origin, host)) {
    response.setHeader('Access-Control-Allow-Origin', origin)
    response.setHeader('Access-Control-Expose-Headers', 'Retry-After')
    return true
  }
  // A page may send a simple POST without asking first; it is only kept from reading the reply.
  if (!safeMethods.includes(request.method!)) throw new Problem('origin_not_allowed')
  return false
}

/** Null: this was a question about the address itself, and has been answered. */
function findRoute(
  parts: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Match | null {
  const { routes } = parts
  const match = routes.find(request.method!, path)
  if (match !== null) return match
  const allowed = routes.allowed(path)
  if (allowed.length === 0) throw new Problem('not_found')
  const list = allowed.join(', ')
  response.setHeader('Allow', list)
  if (request.method !== 'OPTIONS') throw new Problem('method_not_allowed', `This address takes ${list}.`)
  if (response.hasHeader('Access-Control-Allow-Origin')) {
    response.setHeader('Access-Control-Allow-Methods', list)
    response.setHeader(
      'Access-Control-Allow-Headers',
      request.headers['access-control-request-headers'] ?? '',
    )
    response.setHeader('Access-Control-Max-Age', '600')
  }
  sendReply(response, { status: 204 }, parts)
  return null
}

/** Null: the client has gone before its request was complete. */
async function readRequest(
  parts: HttpParts,
  request: IncomingMessage,
  { route, params, checkQuery, checkBody }: Match,
  { path, query }: Target,
  originAllowed: boolean,
): Promise<HttpRequest | null> {
  const { limits, trustedHops } = parts
  if (checkQuery !== null) checkQuery(queryValues(query, route.query!))
  const raw = route.method === 'GET' ? noBody : await readBody(request, route.maxBody ?? limits.bodyBytes)
  if (raw === null) return null
  const body = checkBody === null ? undefined : parseBody(raw, limits.jsonDepth)
  checkBody?.(body)
  return {
    method: request.method!,
    path,
    params,
    query,
    header: (name) => headerOf(request, name),
    raw,
    body,
    originAllowed,
    address: clientAddress(request, trustedHops),
  }
}

/** By its name in any case; repeated headers are joined by commas (RFC 9110 §5.3). */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()]
  return Array.isArray(value) ? value.join(', ') : value
}

function refuse(
  parts: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
  { path }: Target,
  error: unknown,
): void {
  if (!(error instanceof Problem)) {
    parts.log.error({ err: error, method: request.method, path }, 'the answer to a request threw')
  }
  if (response.headersSent) {
    response.destroy()
    return
  }
  const problem = asProblem(error)
  // The rest of a body that is far too large is not read: the connection ends with the reply.
  if (problem.code === 'payload_too_large' && !request.complete) response.setHeader('Connection', 'close')
  respond(parts, response, parts.routes.at(path)?.refuse?.(problem) ?? problemReply(problem))
}

function respond(parts: HttpParts, response: ServerResponse, reply: HttpReply): void {
  if (parts.isDraining()) response.setHeader('Connection', 'close')
  sendReply(response, reply, parts)
}
