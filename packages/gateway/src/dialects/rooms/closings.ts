import type { Problem, ProblemCode } from '../../model/problem.ts'
import type { Ending } from '../../ports/core.ts'

/** What a connection is closed with. Below 4000: RFC 6455 §7.4.1 and the IANA registry of close codes. */
export interface Closing {
  readonly code: number
  readonly reason: string
}

export const endings: Readonly<Record<Ending, Closing>> = {
  kicked: { code: 4001, reason: 'You were kicked from this room.' },
  banned: { code: 4001, reason: 'You are banned from this room.' },
  closed: { code: 4010, reason: 'The room was closed.' },
}

export const binaryFrame: Closing = { code: 1003, reason: 'Packets are JSON in text frames.' }

export const silence: Closing = { code: 4008, reason: 'No heartbeat (1) came in time.' }

export function malformed(reason: string): Closing {
  return { code: 4002, reason }
}

export function notYours(reason: string): Closing {
  return { code: 4003, reason }
}

const internalError = 1011

const codes: Partial<Record<ProblemCode, number>> = {
  payload_too_large: 1009,
  going_down: 1012,
  unavailable: 1013,
  store_failed: 1013,
  slow_consumer: 4420,
  invalid_request: 4400,
  invalid_position: 4400,
  unauthorized: 4401,
  token_invalid: 4401,
  token_expired: 4401,
  unknown_participant: 4401,
  not_a_member: 4401,
  banned: 4403,
  unknown_room: 4404,
  rate_limited: 4429,
}

/** This protocol has no packet for an error: a refusal is a close code and a reason. */
export function closingFor({ code, message, retryAfter }: Problem): Closing {
  const reason = retryAfter === undefined ? message : `${message} Connect again in ${retryAfter} s.`
  return { code: codes[code] ?? internalError, reason }
}
