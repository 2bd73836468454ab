import type { HttpRoute } from '../../../ports/http.ts'

type Replies = HttpRoute['replies']

/** What each kind of route may be refused with, for the OpenAPI document. */

const malformed: Replies = {
  400: { says: 'Something in the request is not as described; the message names it.' },
}
const unknownRoom: Replies = { 404: { says: 'There is no such room.' } }
const stranger: Replies = { 401: { says: 'No token or participantId, or one that is not valid (any more).' } }
const tooOften: Replies = { 429: { says: 'Too often; `retryAfter` says when to try again.' } }
const storeFailed: Replies = { 503: { says: 'Nothing was done; try again.' } }

export const onCreate: Replies = { ...malformed, ...stranger, ...tooOften, ...storeFailed }

export const onRead: Replies = {
  ...malformed,
  ...stranger,
  403: { says: 'Banned from the room, or not a member of it.' },
  ...unknownRoom,
}

export const onAdmin: Replies = {
  ...malformed,
  ...stranger,
  403: { says: 'Not an admin of the room.' },
  ...unknownRoom,
  ...storeFailed,
}

export const onUpdate: Replies = { ...onAdmin, ...tooOften }

export const onJoin: Replies = {
  ...malformed,
  ...stranger,
  403: { says: 'The room is locked or full, the joiner is banned, or the admin password is wrong.' },
  ...unknownRoom,
  409: { says: 'Another participant has that name.' },
  ...tooOften,
  ...storeFailed,
}

export const onParticipant: Replies = {
  ...onUpdate,
  404: { says: 'There is no such room, or no such participant in it.' },
}

export const onWrite: Replies = {
  ...malformed,
  ...stranger,
  403: { says: 'Banned, not a member, or the chat is locked.' },
  ...unknownRoom,
  ...tooOften,
  ...storeFailed,
}

export const onMessage: Replies = {
  ...onWrite,
  403: { says: 'Neither the author nor an admin; banned; or the chat is locked.' },
  404: { says: 'There is no such room, or no such message in it.' },
  409: { says: 'The message has been deleted.' },
}
