import { Type } from 'typebox'

/* What the routes take and answer, for the OpenAPI document. What parameters may hold is said and checked where they are read. */

const ids = (description: string) =>
  Type.Array(Type.String({ examples: ['client_fXoSDfqi'] }), { description })
const parameter = (description: string) => Type.Optional(Type.String({ description }))

const credentials = {
  token: parameter('A token, where no Authorization header can be sent.'),
  participantId: parameter('The credential of a participant, likewise.'),
}

export const emitQuery = Type.Object({
  clients: parameter('How many listeners, chosen at random; or the ids of whom, separated by commas.'),
  'require-ack': parameter('"true": wait until all have acknowledged; after a while 408 says who has not.'),
  ...credentials,
})

export const listenQuery = Type.Object({
  presence: parameter('The initial presence data: a JSON object.'),
  since: parameter('The eventID of the last DATA or CONNECTED frame seen: what came after it follows.'),
  clientID: parameter('The id to keep.'),
  resumeToken: parameter('What proves that the id is one’s own: from the CONNECTED frame.'),
  ...credentials,
})

export const historyQuery = Type.Object({
  limit: parameter('How many events at most: 1 to 100; 50 when absent.'),
  before: parameter('An eventID: only what came before it.'),
  ...credentials,
})

export const payload = Type.Unknown({
  description: 'Any JSON value.',
  examples: [{ content: 'hello' }],
})

export const emitted = Type.Object({
  success: Type.Literal(true),
  eventID: Type.String({
    description: 'Names the event, as its DATA frames do.',
    examples: ['evt_gPVZZQC5'],
  }),
  clients: Type.Integer({ minimum: 0, description: 'How many listeners it went to.' }),
  unknown: Type.Optional(ids('Named in "clients", but not connected.')),
  acked: Type.Optional(ids('With require-ack: who acknowledged.')),
})

export const failed = Type.Object({
  success: Type.Literal(false),
  error: Type.String({ description: 'A sentence.' }),
  code: Type.String({ examples: ['INVALID_REQUEST'] }),
})

export const notAcknowledged = Type.Interface([failed], {
  eventID: Type.String(),
  clients: Type.Integer({ minimum: 0 }),
  unknown: Type.Optional(ids('Named in "clients", but not connected.')),
  acked: ids('Who acknowledged.'),
  pending: ids('Who is there, but did not acknowledge in time.'),
  left: ids('Who left before acknowledging.'),
})

export const history = Type.Object({
  history: Type.Array(
    Type.Object({
      eventID: Type.String(),
      payload: Type.Unknown({ description: 'What the DATA frame held.' }),
      at: Type.Integer({ description: 'Milliseconds since 1970.' }),
    }),
    { description: 'Newest last.' },
  ),
})
