import Type, { type TSchema } from 'typebox'
import type { DialectLimits } from '../../ports/dialect.ts'
import type { FrameRow, FrameTable } from '../../ports/frame-table.ts'
import { keptAttachmentsSchema } from './attachments.ts'
import type { MessengerOptions } from './options.ts'
import { groupPayload, payloads } from './payloads.ts'

const closed = { additionalProperties: false }
const timestamp = Type.Integer({ description: 'Seconds since 1970.' })
const eventId = Type.Integer({
  minimum: 1,
  description: 'Counts this user’s events; absent of what is not kept.',
})
const messageId = Type.Integer({ minimum: 1 })
const chatId = Type.String({ description: 'In a dialog: the other user.' })
const userId = Type.String()
const text = Type.String()
const attachments = Type.Optional(keptAttachmentsSchema)

function event(eventType: string, says: string, payload: TSchema | null): FrameRow {
  const fields = {
    type: Type.Literal('event'),
    timestamp,
    id: Type.Optional(eventId),
    eventType: Type.Literal(eventType),
  }
  return {
    name: eventType,
    says,
    schema: Type.Object(payload === null ? fields : { ...fields, payload }, closed),
  }
}

const marked = Type.Object({ chatId, messageId, timestamp }, closed)

/** What of the configuration the document says. */
type Published = Pick<DialectLimits, 'roomName'> & Pick<MessengerOptions, 'maxGroup'>

export const messengerFrames = ({ roomName, maxGroup }: Published): FrameTable => ({
  title: 'messenger',
  says: 'Dialogs and groups: requests that are answered once, and a log of events for each user.',
  address: '/messenger',
  headers: Type.Object({
    Authorization: Type.Optional(Type.String({ description: 'Bearer and a JWT.' })),
    'Sec-WebSocket-Protocol': Type.Optional(
      Type.String({ description: 'parlance.messenger and a JWT, for browsers.' }),
    ),
  }),
  fromGateway: [
    {
      name: 'response',
      says: 'Answers the request with this id.',
      schema: Type.Object(
        {
          type: Type.Literal('response'),
          timestamp,
          id: Type.String(),
          payload: Type.Optional(Type.Unknown({ description: 'By the request; see the protocol’s page.' })),
        },
        closed,
      ),
    },
    {
      name: 'error',
      says: 'Refuses the request with this id; the id is null where there was none.',
      schema: Type.Object(
        {
          type: Type.Literal('response'),
          timestamp,
          id: Type.Union([Type.String(), Type.Null()]),
          error: Type.Object(
            {
              code: Type.String({ pattern: '^[a-z_]+$' }),
              message: Type.String({ description: 'A sentence.' }),
              retryAfter: Type.Optional(Type.Number({ description: 'Seconds.' })),
              lastEventId: Type.Optional(Type.Integer({ description: 'Of a gap: the newest event.' })),
              oldestEventId: Type.Optional(
                Type.Integer({ description: 'Of a gap: the oldest that is kept.' }),
              ),
              epoch: Type.Optional(
                Type.String({ description: 'Of a gap: names the history that ids count in from now on.' }),
              ),
            },
            closed,
          ),
        },
        closed,
      ),
    },
    event(
      'new',
      'Somebody wrote a message.',
      Type.Object({ chatId, userId, messageId, message: Type.Optional(text), attachments }, closed),
    ),
    event(
      'edit',
      'A message has another text.',
      Type.Object({ chatId, messageId, message: Type.Optional(text) }, closed),
    ),
    event('delete', 'A message was deleted.', Type.Object({ chatId, messageId }, closed)),
    event('dlvrd', 'One’s messages up to this one were delivered.', marked),
    event('read', 'One’s messages up to this one were read.', marked),
    event('typing', 'Somebody is typing.', Type.Object({ userId, chatId: Type.Optional(chatId) }, closed)),
    event('online', 'Somebody came online.', Type.Object({ userId }, closed)),
    event('offline', 'Somebody went offline.', Type.Object({ userId }, closed)),
    event('pong', 'Answers the text ping.', null),
  ],
  fromClient: [
    ...Object.entries({ ...payloads, createGroup: groupPayload(roomName, maxGroup) })
      .filter(([name]) => name !== 'typing')
      .map(([name, payload]) => ({
        name: `client.${name}`,
        says: `The request ${name}.`,
        schema: Type.Object({
          type: Type.Literal('request'),
          timestamp: Type.Optional(Type.Number({ description: 'Seconds since 1970.' })),
          id: Type.String({ minLength: 1, maxLength: 100 }),
          payloadType: Type.Literal(name),
          payload: payload as TSchema,
        }),
      })),
    {
      name: 'client.typing',
      says: 'Tells the others in a chat that one types.',
      schema: Type.Object({
        type: Type.Literal('event'),
        timestamp: Type.Optional(Type.Number()),
        eventType: Type.Literal('typing'),
        payload: payloads.typing,
      }),
    },
    {
      name: 'client.offline',
      says: 'Lets others see one as offline.',
      schema: Type.Object({
        type: Type.Literal('event'),
        timestamp: Type.Optional(Type.Number()),
        eventType: Type.Literal('offline'),
        payload: Type.Optional(Type.Unknown()),
      }),
    },
    { name: 'client.ping', says: 'The text ping, which is no JSON.', schema: Type.Literal('ping') },
  ],
})
