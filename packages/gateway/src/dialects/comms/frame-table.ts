import Type, { type TSchema } from 'typebox'
import type { DialectLimits } from '../../ports/dialect.ts'
import type { FrameRow, FrameTable } from '../../ports/frame-table.ts'

const closed = { additionalProperties: false }
const whole = Type.Integer()
const id = Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Integer()], {
  description: 'A number where JavaScript can hold it exactly, else a string.',
})
const user = Type.Object(
  { id, name: Type.String(), uuid: Type.String(), admin: Type.Boolean(), bio: Type.String() },
  closed,
)
const channel = Type.Object(
  {
    id,
    name: Type.String(),
    description: Type.String(),
    visibility: Type.Boolean({ description: 'false: for its members only.' }),
    creator: Type.Union([id, Type.Null()]),
  },
  closed,
)
const content = Type.String({
  description: 'Encrypted where that is required; empty where there are only attachments.',
})
const written = Type.String({
  minLength: 1,
  description: '1 to 2000 characters; encrypted where that is required.',
})
const messageID = Type.Integer({ minimum: 1 })
const nonce = Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Integer()]))
const reason = Type.Optional(Type.String())
const token = Type.String({ description: 'A JWT.' })

function frame(name: string, f: number, says: string, cnf: TSchema): FrameRow {
  return { name, says, schema: Type.Object({ f: Type.Literal(f), cnf }, closed) }
}

/** From the gateway: `s` is the place in the log of the room, of what is kept. */
function event(t: string, says: string, cnf: TSchema, kept = false): FrameRow {
  const s: Record<string, TSchema> = kept ? { s: Type.Integer({ minimum: 1 }) } : {}
  return {
    name: t,
    says,
    schema: Type.Object({ f: Type.Literal(130), cnf, ...s, t: Type.Literal(t) }, closed),
  }
}

/** From a client: `e` may stand for `t`. */
function executed(t: string, says: string, cnf: TSchema, needs: boolean): FrameRow {
  const named = Type.Union([
    Type.Object({ t: Type.Literal(t) }),
    Type.Object({ e: Type.Literal(t), t: Type.Optional(Type.Never()) }),
  ])
  const frame = Type.Object({
    f: Type.Literal(130),
    cnf: needs ? cnf : Type.Optional(cnf),
    s: Type.Optional(
      Type.Integer({ description: 'A number of the client’s own, which an error gives back.' }),
    ),
  })
  return { name: `client.${t}`, says, schema: Type.Intersect([frame, named]) }
}

export const commsFrames = ({ roomName }: Pick<DialectLimits, 'roomName'>): FrameTable => ({
  title: 'comms',
  says: 'A chat in channels: a client presents itself, is placed in a channel, beats and executes events.',
  address: '/comms',
  fromGateway: [
    frame(
      'introduce',
      100,
      'The first frame: how often the client is to send a heartbeat.',
      Type.Object({ hb_int: Type.Integer({ minimum: 1, description: 'Milliseconds.' }) }, closed),
    ),
    {
      name: 'heartbeat',
      says: 'Answers a heartbeat.',
      schema: Type.Object({ f: Type.Literal(120) }, closed),
    },
    frame(
      'ready',
      140,
      'Answers present.',
      Type.Object(
        {
          v: Type.Literal(6),
          session_id: Type.Integer({ minimum: 1 }),
          enc_key: Type.String({ description: '256 bits, base64.' }),
          resumed: Type.Optional(Type.Boolean({ description: 'Only in answer to a resume.' })),
        },
        closed,
      ),
    ),
    frame(
      'error',
      150,
      'Something is wrong.',
      Type.Object(
        {
          c: Type.Integer({ minimum: 0, description: 'The code.' }),
          d: Type.Boolean({ description: 'The connection is closed.' }),
          m: Type.String({ description: 'A sentence.' }),
          retry_after: Type.Optional(Type.Number({ description: 'Milliseconds.' })),
          s: Type.Optional(whole),
        },
        closed,
      ),
    ),
    event(
      'MESSAGE_CREATE',
      'Somebody wrote a message.',
      Type.Object({ user, content, messageID, nonce }, closed),
      true,
    ),
    event('MESSAGE_DELETE', 'A message was deleted.', Type.Object({ messageID }, closed), true),
    event('START_TYPING', 'Somebody is typing.', Type.Object({ user }, closed)),
    event('ROOM_USER_ADD', 'Somebody came into the channel.', Type.Object({ user }, closed)),
    event('ROOM_USER_REMOVE', 'Somebody left the channel.', Type.Object({ user }, closed)),
    event('CHANNEL_ADD', 'A channel was made.', Type.Object({ channel }, closed)),
    event(
      'CHANNEL_MOVE',
      'The client is in this channel now.',
      Type.Object({ channel, users: Type.Array(user) }, closed),
    ),
    event('SERVER_MESSAGE', 'A word from the gateway.', Type.Object({ content: Type.String() }, closed)),
    event('GATEWAY_DOWN', 'The gateway is going down.', Type.Object({}, closed)),
  ],
  fromClient: [
    {
      name: 'client.present',
      says: 'Who the client is; with session_id and s, where it left off.',
      schema: Type.Object({
        f: Type.Literal(110),
        cnf: Type.Object({ token, session_id: Type.Optional(whole), s: Type.Optional(whole) }),
      }),
    },
    {
      name: 'client.heartbeat',
      says: 'The client is here.',
      schema: Type.Object({ f: Type.Literal(120) }),
    },
    executed('MESSAGE_CREATE', 'Writes a message.', Type.Object({ content: written, nonce }), true),
    executed('MESSAGE_DELETE', 'Deletes a message.', Type.Object({ messageID }), true),
    executed('START_TYPING', 'Tells the others that one types.', Type.Object({}), false),
    executed(
      'SYSTEM_BAN_ADD',
      'Bans a user, or a bot, from the gateway.',
      Type.Union([Type.Object({ user: id, reason }), Type.Object({ bot: id, reason })]),
      true,
    ),
    executed(
      'CHANNEL_ADD',
      'Makes a channel.',
      Type.Object({
        name: Type.String({ minLength: 1, maxLength: roomName }),
        description: Type.Optional(Type.String({ maxLength: 1000 })),
        visibility: Type.Optional(Type.Boolean()),
      }),
      true,
    ),
    executed('CHANNEL_MOVE', 'Enters a channel and leaves the other.', Type.Object({ channel: id }), true),
    executed(
      'ROOM_USER_ADD',
      'Enters a channel, or the default one.',
      Type.Object({ channel: Type.Optional(id) }),
      false,
    ),
    executed('ROOM_USER_REMOVE', 'Leaves the channel.', Type.Object({ channel: Type.Optional(id) }), false),
  ],
})
