import type { Problem, ProblemCode } from '../../model/problem.ts'

/** What a connection is closed with. Below 4000: RFC 6455 §7.4.1 and the IANA registry of close codes. */
export interface Closing {
  readonly code: number
  readonly reason: string
}

/** The close codes of this protocol. */
export const codes = {
  notIdentified: 4000,
  authenticationFailed: 4001,
  alreadyAuthenticated: 4002,
  unknownOpcode: 4003,
  invalidJson: 4004,
  invalidPayload: 4005,
  cannotSend: 4006,
  noHeartbeat: 4007,
} as const

export function notIdentified(reason: string): Closing {
  return { code: codes.notIdentified, reason }
}

export function unknownOpcode(op: number): Closing {
  return { code: codes.unknownOpcode, reason: `There is no opcode ${op}; a client sends 0, 1, 2 and 5.` }
}

export function invalidJson(reason: string): Closing {
  return { code: codes.invalidJson, reason }
}

export function invalidPayload(reason: string): Closing {
  return { code: codes.invalidPayload, reason }
}

export const authenticationFailed: Closing = {
  code: codes.authenticationFailed,
  reason: 'The secret is wrong.',
}

export const alreadyAuthenticated: Closing = {
  code: codes.alreadyAuthenticated,
  reason: 'This connection has identified already.',
}

export const resumedElsewhere: Closing = {
  code: codes.alreadyAuthenticated,
  reason: 'Another connection has gone on with this session.',
}

export const noHeartbeat: Closing = {
  code: codes.noHeartbeat,
  reason: 'No heartbeat (1) came in twice the interval.',
}

/** What the gateway itself is to blame for, or the times. */
const otherCodes: Partial<Record<ProblemCode, number>> = {
  invalid_json: codes.invalidJson,
  invalid_request: codes.invalidPayload,
  payload_too_large: codes.invalidPayload,
  forbidden: codes.cannotSend,
  rate_limited: 1008,
  going_down: 1012,
  store_failed: 1013,
  unavailable: 1013,
  slow_consumer: 1013,
}

/** This protocol has no message for an error: a refusal is a close code and a reason. */
export function closingFor({ code, message, retryAfter }: Problem): Closing {
  const reason = retryAfter === undefined ? message : `${message} Connect again in ${retryAfter} s.`
  return { code: otherCodes[code] ?? 1011, reason }
}
