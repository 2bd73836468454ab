import { asProblem, type Problem, type ProblemCode } from '../../model/problem.ts'
import type { HttpReply } from '../../ports/http.ts'

/** How the gateway's refusals are called in this protocol where it is not their own name in capitals. */
const names: Partial<Record<ProblemCode, string>> = {
  going_down: 'GATEWAY_DOWN',
}

/** With which code a connection is closed for a refusal; 4400 for those not named (RFC 6455 §7.4). */
const closeCodes: Partial<Record<ProblemCode, number>> = {
  payload_too_large: 1009,
  internal: 1011,
  going_down: 1012,
  store_failed: 1013,
  unavailable: 1013,
  token_expired: 4401,
  banned: 4403,
  not_a_member: 4403,
  slow_consumer: 4420,
  rate_limited: 4429,
}

/** What an ERROR frame says. */
export interface ErrorSaying {
  readonly code: string
  readonly message: string
  /** Seconds. */
  readonly retryAfter?: number
}

/** An ERROR after which the connection is closed. */
export interface FatalSaying extends ErrorSaying {
  readonly close: number
}

export const pingTimeout: FatalSaying = {
  code: 'PING_TIMEOUT',
  message: 'Client did not respond to PING event',
  close: 4408,
}

export const kicked: FatalSaying = {
  code: 'KICKED',
  message: 'You were kicked out of this channel.',
  close: 4405,
}

export const banned: FatalSaying = {
  code: 'BANNED',
  message: 'You are banned from this channel.',
  close: 4403,
}

export const replaced: FatalSaying = {
  code: 'REPLACED',
  message: 'Another connection took over with the resume token of this one.',
  close: 4409,
}

/** Its ERROR is an event of the room, which everyone in it gets. */
export const roomClosed: FatalSaying = {
  code: 'ROOM_CLOSED',
  message: 'This channel was closed.',
  close: 4410,
}

export function errorCode(code: ProblemCode): string {
  return names[code] ?? code.toUpperCase()
}

export function sayingOf({ code, message, retryAfter }: Problem): FatalSaying {
  return {
    code: errorCode(code),
    message,
    ...(retryAfter !== undefined && { retryAfter }),
    close: closeCodes[code] ?? 4400,
  }
}

/** Any error as this protocol's HTTP reply: `{ "success": false, "error": "<sentence>", "code": "<code>" }`. */
export function refusal(error: unknown): HttpReply {
  const problem = asProblem(error)
  return {
    status: problem.status,
    headers: headersOf(problem),
    body: { success: false, error: problem.message, code: errorCode(problem.code) },
  }
}

/** RFC 9110 §10.2.3 for Retry-After, §11.6.1 for 401, §15.5.22 for 426. */
function headersOf({ code, status, retryAfter }: Problem): Record<string, string> {
  return {
    ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(code === 'upgrade_required' && { upgrade: 'websocket', connection: 'upgrade' }),
  }
}
