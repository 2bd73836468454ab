import Type, { type Static } from 'typebox'

const roomName = (says: string) => Type.String({ description: says, examples: ['Book club'] })

const color = Type.String({
  pattern: '^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$',
  description: 'A CSS hex colour, `#rgb` or `#rrggbb`; kept as `#rrggbb`.',
  examples: ['#3366ff'],
})

const participantName = Type.String({
  description: '2 to 32 characters after trimming; nobody else in the room has it.',
  examples: ['Ada'],
})

const adminPassword = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'Whoever gives it when joining becomes an admin. Kept as a hash only.',
  examples: ['correct horse battery staple'],
})

const settings = {
  maxParticipants: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    description: 'How many participants who are not banned the room takes.',
    examples: [50],
  }),
  chatLocked: Type.Boolean({ description: 'Nobody but admins may write.', examples: [false] }),
  roomLocked: Type.Boolean({ description: 'Nobody may join.', examples: [false] }),
}

const link = {
  description:
    'The Discord webhook that gets every message of the room. A secret: admins see it whole, others with `***` for its token.',
  examples: ['https://discord.com/api/webhooks/1234567890/token'],
}

const times = (says: string) =>
  Type.Integer({ description: `${says} Milliseconds since 1970.`, examples: [1_700_000_000_000] })

export const defaultLimit = 50

export const pageLimit = Type.Integer({
  minimum: 1,
  maximum: 100,
  default: defaultLimit,
  description: 'How many at most.',
  examples: [20],
})

export const createRoomBody = Type.Object(
  {
    name: Type.Optional(roomName("The room's name, 2 to 32 characters after trimming.")),
    adminPassword: Type.Optional(adminPassword),
    maxParticipants: Type.Optional(settings.maxParticipants),
    chatLocked: Type.Optional(settings.chatLocked),
    roomLocked: Type.Optional(settings.roomLocked),
    discordWebhookLink: Type.Optional(Type.String(link)),
    participant: Type.Optional(
      Type.Object(
        { name: Type.Optional(participantName), color: Type.Optional(color) },
        {
          additionalProperties: false,
          description:
            "The creator in the room. Without a name: the token's, or `admin` where that has none that fits.",
        },
      ),
    ),
  },
  { additionalProperties: false },
)
export type CreateRoomBody = Static<typeof createRoomBody>

export const updateRoomBody = Type.Object(
  {
    name: Type.Optional(
      Type.Union([roomName('2 to 32 characters after trimming.'), Type.Null()], {
        description: 'null: the room has no name.',
      }),
    ),
    maxParticipants: Type.Optional(settings.maxParticipants),
    chatLocked: Type.Optional(settings.chatLocked),
    roomLocked: Type.Optional(settings.roomLocked),
    discordWebhookLink: Type.Optional(
      Type.Union([Type.String(link), Type.Null()], { description: 'null: posted nowhere any more.' }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type UpdateRoomBody = Static<typeof updateRoomBody>

export const joinBody = Type.Object(
  { name: participantName, color: Type.Optional(color), adminPassword: Type.Optional(adminPassword) },
  { additionalProperties: false },
)
export type JoinBody = Static<typeof joinBody>

export const updateParticipantBody = Type.Object(
  {
    color: Type.Optional(color),
    admin: Type.Optional(Type.Boolean({ description: 'May change the room and its participants.' })),
    banned: Type.Optional(Type.Boolean({ description: 'May not connect, write or join again.' })),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type UpdateParticipantBody = Static<typeof updateParticipantBody>

export const messageBody = Type.Object(
  {
    content: Type.String({
      description: '1 to 2048 characters after trimming.',
      examples: ['Hello, everyone'],
    }),
  },
  { additionalProperties: false },
)
export type MessageBody = Static<typeof messageBody>

export const joined = Type.Object(
  {
    userId: Type.String({ description: 'The public id.', examples: ['user_V1StGXR8_Z5jdHi6'] }),
    participantId: Type.String({
      description: 'The credential, told this once. Send it as `Authorization: Bearer …`, and to `/gateway`.',
      examples: ['4f90d13a42Zb7QmYw1n8KxR2sT6uVcEd'],
    }),
  },
  { description: 'Who has joined.' },
)

export const participant = Type.Object({
  userId: joined.properties.userId,
  name: participantName,
  color,
  admin: Type.Boolean(),
  banned: Type.Boolean(),
})

const roomProperties = {
  roomId: Type.String({ examples: ['b7QmYw1n8KxR2sT6'] }),
  name: Type.Union([Type.String(), Type.Null()], { examples: ['Book club'] }),
  access: Type.Union([Type.Literal('public'), Type.Literal('members')], {
    description:
      '`public`: anyone may enter. `members`: needs a participantId, or a token of somebody who has joined.',
  }),
  ...settings,
  discordWebhookLink: Type.Union([Type.String(), Type.Null()], link),
  createdAt: times('When the room was made.'),
}

export const room = Type.Object(roomProperties)
export const createdRoom = Type.Object({ ...roomProperties, participant: joined })
export const roomWithParticipants = Type.Object({ ...roomProperties, participants: Type.Array(participant) })

const receipt = Type.Object({
  userId: joined.properties.userId,
  delivered: Type.Optional(times('When they got it.')),
  read: Type.Optional(times('When they read it.')),
})

export const message = Type.Object({
  id: Type.Integer({ description: 'Unique in the gateway, rising.', examples: [1042] }),
  number: Type.Integer({ description: "Counts the room's messages 1, 2, 3…", examples: [7] }),
  authorId: Type.String({
    description: "The author's userId, `anonymous` or `system`.",
    examples: ['user_V1StGXR8_Z5jdHi6'],
  }),
  authorName: Type.String({ examples: ['Ada'] }),
  content: Type.String({ description: 'Empty once the message is deleted.', examples: ['Hello, everyone'] }),
  sentAt: times('When it was written.'),
  editedAt: Type.Union([times('When it was last edited.'), Type.Null()]),
  deletedAt: Type.Union([times('When it was deleted.'), Type.Null()]),
  attachments: Type.Optional(
    Type.Array(
      Type.Object({
        type: Type.Union([Type.Literal('file'), Type.Literal('image'), Type.Literal('video')]),
        id: Type.String(),
        filename: Type.String({ examples: ['map.png'] }),
        url: Type.String({ examples: ['https://files.example.com/map.png'] }),
        meta: Type.Object({}, { description: 'What is told about the file: sizes, duration.' }),
      }),
      { description: 'Descriptions of files that lie elsewhere; absent when there are none.' },
    ),
  ),
  receipts: Type.Array(receipt, { description: 'Who got and who read it, where their protocol says so.' }),
})

export const messagePage = Type.Object({
  messages: Type.Array(message, { description: 'Newest first.' }),
  more: Type.Boolean({
    description: 'Whether there are older ones: ask for those before the last `number`.',
  }),
})

export const position = Type.Object(
  {
    epoch: Type.String({ description: 'Send it back as it came.', examples: ['r3J9.b7QmYw1n'] }),
    seq: Type.Integer({ examples: [42] }),
  },
  { description: "A place in the room's log." },
)

export const eventPage = Type.Object({
  events: Type.Array(
    Type.Object(
      {
        id: Type.String({ examples: ['evt_V1StGXR8_Z5jdHi6'] }),
        seq: Type.Integer({ description: 'Its place in the log.', examples: [42] }),
        at: times('When it happened.'),
        kind: Type.Union(
          [
            'message.created',
            'message.edited',
            'message.deleted',
            'receipts.advanced',
            'data.emitted',
            'room.updated',
            'room.closed',
            'participant.kicked',
            'participant.changed',
          ].map((kind) => Type.Literal(kind)),
        ),
      },
      { description: 'The other fields depend on `kind`.' },
    ),
    { description: 'Oldest first.' },
  ),
  position,
  more: Type.Boolean({ description: 'Whether there are later ones: ask again from `position`.' }),
})

/** The reply to a position that cannot be read on from. */
export const gap = Type.Object({
  error: Type.Object({ code: Type.Literal('gap'), message: Type.String(), position }),
})
