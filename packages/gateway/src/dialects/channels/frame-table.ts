import Type, { type TSchema } from 'typebox'
import type { DialectLimits } from '../../ports/dialect.ts'
import type { FrameRow, FrameTable } from '../../ports/frame-table.ts'
import type { FrameType } from './frame.ts'
import { listenQuery } from './schemas.ts'

const closed = { additionalProperties: false }
const eventID = Type.String({ pattern: '^evt_[A-Za-z0-9_-]{8,}$', description: 'Unique in the channel.' })
const presence = Type.Object({}, { description: 'Whatever the client says of itself.' })
const clientID = Type.String({ pattern: '^client_[A-Za-z0-9_-]{8,}$' })
const member = Type.Object({ clientID, presence }, closed)

function frame(
  type: FrameType,
  says: string,
  payload: TSchema,
  more: Readonly<Record<string, TSchema>> = {},
  id: TSchema = clientID,
): FrameRow {
  const schema = Type.Object(
    {
      type: Type.Literal(type),
      payload,
      ...more,
      eventID,
      clientID: id,
      latency: Type.Integer({ minimum: 0, description: 'The last round trip in milliseconds.' }),
    },
    closed,
  )
  return { name: type.replace(':', '.'), says, schema }
}

function fromClient(type: string, says: string, payload: TSchema): FrameRow {
  const schema = Type.Object({
    type: Type.String({ pattern: `^${[...type].map((c) => `[${c}${c.toLowerCase()}]`).join('')}$` }),
    payload,
  })
  return { name: `client.${type}`, says, schema }
}

export const channelsFrames = ({ roomName }: Pick<DialectLimits, 'roomName'>): FrameTable => ({
  title: 'channels',
  says: 'Everything that is emitted to a channel, and who is there. Emitting is an HTTP request.',
  address: '/{channel}/listen',
  parameters: { channel: `The name of the channel: 1 to ${roomName} characters.` },
  query: listenQuery,
  fromGateway: [
    frame(
      'CONNECTED',
      'The first frame: who else is there.',
      Type.Object(
        {
          members: Type.Array(member),
          recovered: Type.Optional(Type.Boolean({ description: 'Whether all that was missed follows.' })),
          resumed: Type.Optional(Type.Boolean({ description: 'Whether the id was kept.' })),
          resumeToken: Type.String({ description: 'The proof that the id is one’s own.' }),
        },
        closed,
      ),
    ),
    frame('DATA', 'Something was emitted.', Type.Unknown({ description: 'What was emitted: any JSON.' }), {
      requires_ack: Type.Optional(Type.Literal(true, { description: 'The sender waits for an ACK.' })),
    }),
    frame('PING', 'Is the client there? To be answered with PONG.', Type.Object({}, closed)),
    frame('PRESENCE:JOINED', 'Somebody came.', member),
    frame('PRESENCE:UPDATED', 'Somebody changed their presence data.', member),
    frame('PRESENCE:LEFT', 'Somebody left.', Type.Object({ clientID }, closed)),
    frame(
      'ERROR',
      'Something is wrong; the connection may be closed after it.',
      Type.Object(
        {
          message: Type.String({ description: 'A sentence.' }),
          code: Type.String({ pattern: '^[A-Z_]+$' }),
          retryAfter: Type.Optional(Type.Number({ minimum: 0, description: 'Seconds.' })),
        },
        closed,
      ),
      {},
      Type.Union([clientID, Type.Null()], { description: 'null: before the connection has an id.' }),
    ),
  ],
  fromClient: [
    fromClient(
      'ACK',
      'Acknowledges a DATA that asks for it.',
      Type.Object({ eventID: Type.String({ description: 'That of the DATA.' }) }),
    ),
    fromClient('PONG', 'Answers PING.', Type.Optional(Type.Unknown())),
    fromClient('PRESENCE', 'Replaces one’s presence data.', presence),
  ],
})
