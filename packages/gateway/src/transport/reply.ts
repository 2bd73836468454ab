import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Problem } from '../model/problem.ts'
import type { HttpReply } from '../ports/http.ts'
import { pieceBytes, type ReplyTools, UnreadReply } from './unread-reply.ts'

const nothing = Buffer.alloc(0)

/** The gateway's own way to say an error: `{ "error": { code, message, retryAfter? } }`; `retryAfter` in seconds. */
export function problemReply(problem: Problem): HttpReply {
  const { status, code, message, retryAfter } = problem
  const headers: Record<string, string> = {}
  if (retryAfter !== undefined) headers['Retry-After'] = String(Math.ceil(retryAfter))
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer'
  return { status, headers, body: { error: { code, message, retryAfter } } }
}

/** The headers that a reply has besides those of the connection, and its body as text. */
export function render(reply: HttpReply): { headers: Record<string, string>; body: string } {
  const headers: Record<string, string> = { 'X-Content-Type-Options': 'nosniff' }
  for (const [name, value] of Object.entries(reply.headers ?? {})) headers[name] = value
  if (reply.body === undefined) return { headers, body: '' }
  const isText = typeof reply.body === 'string'
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
    headers['Content-Type'] = isText ? 'text/plain; charset=utf-8' : 'application/json'
  }
  return { headers, body: isText ? (reply.body as string) : JSON.stringify(reply.body) }
}

/** Sends a reply that is not a stream. Headers set on the response before are kept. */
export function sendReply(response: ServerResponse, reply: HttpReply, tools: ReplyTools): void {
  // The client has gone; nothing would ever say so again.
  if (response.destroyed) return
  const { headers, body } = render(reply)
  const large = body.length > pieceBytes ? Buffer.from(body) : null
  if (body !== '' || mayHaveBody(reply.status)) {
    headers['Content-Length'] = String(large?.length ?? Buffer.byteLength(body))
  }
  response.writeHead(reply.status, headers)
  if (large === null) response.end(body)
  if (large !== null || response.socket?.writableLength) UnreadReply.send(response, large ?? nothing, tools)
}

/** Writes an HTTP response to a socket that `node:http` does not answer on, and closes it. */
export function answerSocket(socket: Duplex, reply: HttpReply): void {
  const { headers, body } = render(reply)
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': Buffer.byteLength(body) })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}\r\n${head}\r\n${body}`)
}

/** RFC 9110 §6.4.1. */
function mayHaveBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304
}
