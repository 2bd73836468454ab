import type { Problem, ProblemCode } from '../../model/problem.ts'

/** An error in this protocol's words: code, whether the client is disconnected, a sentence, when to try again (milliseconds). */
export interface CommsError {
  readonly c: number
  readonly d: boolean
  readonly m: string
  readonly retry_after?: number
  /** The client's own `s` of the request that failed. */
  readonly s?: number
}

const codes: Partial<Record<ProblemCode, { readonly c: number; readonly d: boolean }>> = {
  token_invalid: { c: 0, d: true },
  token_expired: { c: 0, d: true },
  unauthorized: { c: 0, d: true },
  unknown_user: { c: 1, d: false },
  unknown_room: { c: 3, d: false },
  unknown_bot: { c: 4, d: false },
  store_failed: { c: 99, d: false },
  unavailable: { c: 99, d: false },
  internal: { c: 99, d: false },
  slow_consumer: { c: 99, d: true },
  payload_too_large: { c: 4000, d: true },
  rate_limited: { c: 4002, d: true },
  going_down: { c: 4003, d: true },
  banned: { c: 4006, d: false },
  not_a_member: { c: 4006, d: false },
  forbidden: { c: 4006, d: false },
  chat_locked: { c: 4006, d: false },
}

/** What went wrong with a request. A ban from one room is "not allowed"; one from the gateway is `banned` below. */
export function errorOf(problem: Problem, s?: number): CommsError {
  const { c, d } = codes[problem.code] ?? { c: 4004, d: false }
  return {
    c,
    d,
    m: problem.message,
    ...(problem.retryAfter !== undefined && { retry_after: problem.retryAfter * 1000 }),
    ...(s !== undefined && { s }),
  }
}

/** What ends the connection, whatever the problem was. */
export function fatalErrorOf(problem: Problem): CommsError {
  const error = problem.code === 'banned' ? { c: 5, m: problem.message } : errorOf(problem)
  return { ...error, d: true }
}

export const timedOut = (m: string): CommsError => ({ c: 4001, d: true, m })
export const malformed = (m: string, s?: number): CommsError => ({
  c: 4004,
  d: false,
  m,
  ...(s !== undefined && { s }),
})
export const replaced: CommsError = {
  c: 4007,
  d: true,
  m: 'Another connection of yours has resumed this session.',
}
export const notIdentified: CommsError = {
  c: 4005,
  d: false,
  m: 'Present yourself first: {"f":110,"cnf":{"token":"…"}}.',
}

/** The close code that goes with a fatal error: its own number from 4000 on, else 4000 and the number. */
export function closeCodeOf({ c }: CommsError): number {
  return c >= 4000 ? c : 4000 + c
}
