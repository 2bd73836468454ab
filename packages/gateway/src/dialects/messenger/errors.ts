import type { Problem, ProblemCode } from '../../model/problem.ts'

/** An error in this protocol's words. `retryAfter` is in seconds. */
export interface MessengerError {
  readonly code: string
  readonly message: string
  readonly retryAfter?: number
  /** Of a gap: the newest event's id, and the first that can be replayed from. */
  readonly lastEventId?: number
  readonly oldestEventId?: number
  readonly epoch?: string
}

/** Where this protocol has a word of its own; every other problem keeps its name. */
const words: Partial<Record<ProblemCode, string>> = {
  banned: 'forbidden',
  not_a_member: 'forbidden',
  unknown_room: 'unknown_chat',
}

export function errorOf({ code, message, retryAfter }: Problem): MessengerError {
  return { code: words[code] ?? code, message, ...(retryAfter !== undefined && { retryAfter }) }
}

/** Close codes (RFC 6455 §7.4.2: 4000 to 4999 are a protocol's own). */
export const closeCodes = {
  tokenExpired: 4001,
  badFrames: 4002,
  banned: 4003,
  silent: 4008,
  tooSlow: 4009,
  rateLimited: 4029,
  goingDown: 1012,
  binary: 1003,
  tooLarge: 1009,
  internal: 1011,
} as const

export function closeCodeOf(code: ProblemCode): number {
  switch (code) {
    case 'token_expired':
    case 'token_invalid':
      return closeCodes.tokenExpired
    case 'banned':
      return closeCodes.banned
    case 'rate_limited':
      return closeCodes.rateLimited
    case 'slow_consumer':
      return closeCodes.tooSlow
    case 'going_down':
      return closeCodes.goingDown
    case 'payload_too_large':
      return closeCodes.tooLarge
    case 'internal':
      return closeCodes.internal
    default:
      return 1008
  }
}
