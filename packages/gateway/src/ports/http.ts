import type { TSchema } from 'typebox'
import type { Connection, ConnectionHandler } from './connection.ts'

/** One row of the route table: it routes, validates and documents itself (OpenAPI 3.1). */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** `/api/rooms/:roomId`; a parameter is one segment, percent-decoded. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  /** Schemas of what is taken; what does not fit is answered 400 before `answer` is called. */
  readonly query?: TSchema
  readonly body?: TSchema
  /** What the body is, for the document, where the route reads it from `raw` itself. */
  readonly rawBody?: TSchema
  readonly headers?: readonly { readonly name: string; readonly says: string }[]
  /** What the caller proves itself with, where that is no bearer: a header with a secret in it. */
  readonly key?: { readonly name: string; readonly header: string; readonly says: string }
  /** What can be answered, for the document: status → sentence and schema. */
  readonly replies: Readonly<Record<number, { readonly says: string; readonly schema?: TSchema }>>
  /** The largest body taken, in bytes; the gateway's own limit when absent. */
  readonly maxBody?: number
  /** How this route says an error, where it is not the gateway's `{ "error": { code, message, retryAfter? } }`. */
  readonly refuse?: (error: unknown) => HttpReply
  /** Left out of the OpenAPI document. */
  readonly hidden?: boolean
  answer(request: HttpRequest): Promise<HttpReply> | HttpReply
}

export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  header(name: string): string | undefined
  /** The body as it came; empty when there is none. */
  readonly raw: Buffer
  /** The body as JSON, checked against `body`; undefined when the route has no such schema. */
  readonly body: unknown
  /** False: a web page of an origin that may not talk to the gateway asks, by a method that pages need no leave for. */
  readonly originAllowed: boolean
  /** The client's address, behind trusted proxies the forwarded one; of IPv6 its network. */
  readonly address: string
}

export interface HttpReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON; a string as it is. */
  readonly body?: unknown
  /** Instead of a body: the response stays open as a connection of wire `raw` (server-sent events). */
  readonly stream?: (connection: Connection) => ConnectionHandler
}
