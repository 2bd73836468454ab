import Type, { type TSchema } from 'typebox'
import type { FrameRow, FrameTable } from '../../ports/frame-table.ts'
import { packets } from './packets.ts'

const closed = { additionalProperties: false }
const nothing = Type.Object({}, closed)
const userId = Type.String({ description: 'The public id of a participant.' })
const milliseconds = Type.Integer({ description: 'Milliseconds since 1970.' })
const place = Type.Integer({ minimum: 0, description: 'The position in the room’s log.' })

function packet(name: string, e: number, says: string, d: TSchema): FrameRow {
  const s = Type.Optional(place)
  return { name, says, schema: Type.Object({ e: Type.Literal(e), d, s }, closed) }
}

function fromClient(name: string, e: number, says: string): FrameRow {
  const d = Type.Optional(Type.Unknown({ description: 'Not looked at.' }))
  return { name, says, schema: Type.Object({ e: Type.Literal(e), d }) }
}

export const roomsFrames: FrameTable = {
  title: 'rooms',
  says: 'What happens in one room, in packets { e, d }. What is done in a room is done by HTTP requests.',
  address: '/gateway',
  query: Type.Object({
    roomId: Type.String({ description: 'The room.' }),
    participantId: Type.String({ description: 'The credential that joining gave, or a token.' }),
    resume: Type.Optional(Type.String({ description: '1: packets bear their position.' })),
    since: Type.Optional(Type.String({ description: 'The position to go on from.' })),
    epoch: Type.Optional(Type.String({ description: 'The epoch of that position.' })),
  }),
  fromGateway: [
    {
      name: 'hello',
      says: 'The first packet: how often the server beats, and for a connection that resumes where the log stands.',
      schema: Type.Object(
        {
          e: Type.Literal(packets.hello),
          d: Type.Object(
            {
              heartbeatInterval: Type.Integer({ minimum: 1, description: 'Milliseconds.' }),
              epoch: Type.Optional(Type.String()),
              s: Type.Optional(place),
              recovered: Type.Optional(Type.Boolean({ description: 'Whether all that was missed follows.' })),
            },
            closed,
          ),
        },
        closed,
      ),
    },
    packet('heartbeat', packets.heartbeat, 'The server is here.', nothing),
    packet(
      'heartbeat_ack',
      packets.heartbeatAck,
      'Is the client there? To be answered with a heartbeat.',
      nothing,
    ),
    packet(
      'message_create',
      packets.messageCreate,
      'Somebody wrote a message.',
      Type.Object({ authorId: Type.String(), content: Type.String(), sentAt: milliseconds }, closed),
    ),
    packet(
      'room_update',
      packets.roomUpdate,
      'Settings of the room that have changed.',
      Type.Object(
        {
          chatLocked: Type.Optional(Type.Boolean()),
          roomLocked: Type.Optional(Type.Boolean()),
          maxParticipants: Type.Optional(Type.Integer({ minimum: 1 })),
          discordWebhookLink: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        },
        { ...closed, minProperties: 1 },
      ),
    ),
    packet(
      'participant_kick',
      packets.participantKick,
      'Somebody was kicked.',
      Type.Object({ userId }, closed),
    ),
    packet(
      'participant_update',
      packets.participantUpdate,
      'What has changed of a participant.',
      Type.Object(
        {
          userId,
          banned: Type.Optional(Type.Boolean()),
          color: Type.Optional(Type.String({ pattern: '^#[0-9a-f]{6}$' })),
          admin: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    packet('room_close', packets.roomClose, 'The room is no more.', nothing),
  ],
  fromClient: [
    fromClient('client.heartbeat', packets.heartbeat, 'The client is here.'),
    fromClient(
      'client.heartbeat_ack',
      packets.heartbeatAck,
      'Is the server there? Answered with a heartbeat.',
    ),
  ],
}
