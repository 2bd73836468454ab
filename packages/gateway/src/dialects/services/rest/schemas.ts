import Type, { type TSchema } from 'typebox'

const text = (description: string) => Type.String({ description })
const integer = (description: string) => Type.Integer({ description })
const flag = (description: string) => Type.Boolean({ description })
const orNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description })
const table = (fields: Record<string, TSchema>, required: string[], description: string): TSchema => ({
  type: 'object',
  required,
  properties: fields,
  description,
})

const id = text('A 64-bit number, as a string.')
const guildID = text('The guild it belongs to.')

export const user = table(
  {
    id,
    username: text('The name of the user.'),
    discriminator: text('Four digits.'),
    avatar: orNull('The hash of the avatar.'),
    bot: flag('Whether it is a bot.'),
  },
  ['id'],
  'A user. Fields nobody has told are absent.',
)

export const member = table(
  {
    id,
    guildID,
    nickname: orNull('The name in this guild.'),
    roles: Type.Array(Type.String(), { description: 'Ids of roles.' }),
    joinedAt: text('When they joined: ISO 8601.'),
    user,
  },
  ['id', 'guildID'],
  'A member of a guild, with the user where that is known.',
)

export const role = table(
  {
    id,
    guildID,
    name: text('The name of the role.'),
    color: integer('The colour, 0xRRGGBB.'),
    position: integer('The position among the roles.'),
    permissions: integer('A set of bits.'),
  },
  ['id'],
  'A role.',
)

export const guild = table(
  {
    id,
    name: text('The name of the guild.'),
    icon: orNull('The hash of the icon.'),
    ownerID: text('The user who owns it.'),
    region: text('The voice region.'),
    roles: Type.Array(role, { description: 'The roles known.' }),
    memberCount: integer('How many members it has.'),
  },
  ['id', 'roles'],
  'A guild with its roles. Channels, members and voice states have routes of their own.',
)

const overwrite = table(
  {
    id: text('The role or user it is for.'),
    type: text('`role` or `member`.'),
    allow: integer('A set of bits.'),
    deny: integer('A set of bits.'),
  },
  ['id'],
  'An overwrite of permissions.',
)

export const channel = table(
  {
    id,
    guildID,
    type: integer('The type of the channel.'),
    position: integer('The position among the channels.'),
    name: text('The name of the channel.'),
    nsfw: flag('Whether it is for adults.'),
    overwrites: Type.Array(overwrite),
    userLimit: integer('How many fit in, where it is a voice channel.'),
    parentID: orNull('The category it stands in.'),
  },
  ['id'],
  'A channel.',
)

export const voiceState = table(
  {
    guildID,
    channelID: text('The voice channel the user is in.'),
    userID: text('The user.'),
    deaf: flag('Deafened by the server.'),
    mute: flag('Muted by the server.'),
    selfDeaf: flag('Deafened by themselves.'),
    selfMute: flag('Muted by themselves.'),
  },
  ['guildID', 'userID'],
  'That a user is in a voice channel.',
)

export const service = table(
  {
    type: text('What it identified as.'),
    heapUsed: Type.Union([Type.Number(), Type.Null()], {
      description:
        'What its last heartbeat said, in bytes; null before the first. What else it said follows.',
    }),
    startTime: integer('When it identified: milliseconds since 1970.'),
    shards: Type.Array(Type.Integer(), { description: 'Of a sharder: the shards it runs.' }),
    guilds: Type.Union([Type.Number(), Type.Null()], { description: 'Of a sharder: its guilds.' }),
  },
  ['type', 'heapUsed', 'startTime'],
  'A service that is connected.',
)

export const userCount = Type.Object({ users: integer('How many users are known.') })

export const error = Type.Object({ error: text('A sentence that says what is wrong.') })

/** A part of a long list. Without a limit the list is whole. */
export const part = Type.Object({
  after: Type.Optional(text('Only what has a higher id than this; ids are compared as text.')),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'How many at most; absent: all there are.' }),
  ),
})
