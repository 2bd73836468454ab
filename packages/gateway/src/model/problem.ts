/**
 * The error catalogue. Every refusal in the gateway, in whatever dialect, begins as one of these; a dialect
 * turns the code into its own frame, number or close code, and the REST API into a status.
 *
 * `status` is the HTTP status (RFC 9110); `says` is the sentence used when the thrower has nothing more exact.
 */
export const problems = {
  invalid_json: { status: 400, says: 'The text is not JSON.' },
  invalid_request: { status: 400, says: 'The request does not have the shape this route takes.' },
  invalid_payload: { status: 400, says: 'The payload does not have the shape of this request.' },
  unknown_request: { status: 400, says: 'There is no request of this name.' },
  invalid_position: {
    status: 400,
    says: 'A position is an epoch and a whole number from 0 to 9007199254740991.',
  },
  too_many_events: { status: 400, says: 'There are more events after that one than are given at once.' },
  reserved_name: { status: 400, says: 'This name is the first segment of a route of the gateway.' },
  unauthorized: {
    status: 401,
    says: 'Send a token or a participant credential as "Authorization: Bearer …".',
  },
  token_invalid: { status: 401, says: 'The token is malformed or not signed by a key this gateway trusts.' },
  token_expired: { status: 401, says: 'The token has expired; ask its issuer for a new one.' },
  unknown_participant: { status: 401, says: 'No participant of this room has that credential.' },
  wrong_password: { status: 403, says: 'The admin password is wrong.' },
  forbidden: { status: 403, says: 'Only an admin of the room may do this.' },
  not_a_member: { status: 403, says: 'This room is for its members; join it first.' },
  banned: { status: 403, says: 'You are banned from this room.' },
  origin_not_allowed: { status: 403, says: 'This origin is not on the list of allowed origins.' },
  room_locked: { status: 403, says: 'The room is locked: nobody can join until an admin unlocks it.' },
  room_full: { status: 403, says: 'The room already has as many participants as it may have.' },
  chat_locked: { status: 403, says: 'The chat is locked: only admins may write until it is unlocked.' },
  not_found: { status: 404, says: 'There is nothing at this address.' },
  unknown_room: { status: 404, says: 'There is no such room.' },
  unknown_message: { status: 404, says: 'There is no such message in this room.' },
  unknown_user: { status: 404, says: 'There is no such participant in this room.' },
  unknown_event: { status: 404, says: 'There is no such event yet.' },
  unknown_bot: { status: 404, says: 'No bot with this id has ever been here.' },
  no_listener: { status: 404, says: 'None of the clients named is connected to this room.' },
  method_not_allowed: { status: 405, says: 'This address does not take that method.' },
  not_acknowledged: { status: 408, says: 'Not every client acknowledged the event in time.' },
  name_taken: { status: 409, says: 'A participant of this room already has that name.' },
  room_exists: { status: 409, says: 'There is already a room with that id.' },
  message_deleted: { status: 409, says: 'The message has been deleted.' },
  gap: { status: 410, says: 'Events after that position are no longer all there; read the room anew.' },
  payload_too_large: { status: 413, says: 'The payload is larger than this gateway takes.' },
  upgrade_required: { status: 426, says: 'Connect here with a WebSocket, or ask for text/event-stream.' },
  rate_limited: { status: 429, says: 'Too many requests; wait before the next.' },
  internal: { status: 500, says: 'The gateway made a mistake with this request; it has been logged.' },
  store_failed: { status: 503, says: 'The store could not keep this; nothing was done. Try again.' },
  unavailable: { status: 503, says: 'The gateway takes no more of these right now. Try again.' },
  going_down: { status: 503, says: 'The gateway is going down; connect again in a moment.' },
  slow_consumer: { status: 503, says: 'This connection reads more slowly than its room writes.' },
} as const satisfies Record<string, { status: number; says: string }>

export type ProblemCode = keyof typeof problems

/** A refusal. Thrown by the rules, the core and the engines; `retryAfter` is in seconds. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly retryAfter: number | undefined

  constructor(code: ProblemCode, message?: string, retryAfter?: number) {
    super(message ?? problems[code].says)
    this.code = code
    this.retryAfter = retryAfter
  }

  get status(): number {
    return problems[this.code].status
  }
}

/** What a handler threw, as a refusal: a Problem is itself, anything else is `internal` and keeps its secret. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('internal')
}
