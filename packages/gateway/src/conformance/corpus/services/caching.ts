import { any, integer, open, type Pattern, some } from '../../pattern.ts'
import type { Scenario } from '../../scenario.ts'
import { bearer, closed, ours, request, source } from '../../steps.ts'
import {
  cache,
  closedFor,
  get,
  guild,
  guildPath,
  kept,
  needsSecret,
  refusal,
  remove,
  serve,
} from './words.ts'

const user = { id: 'user-{{run}}', username: 'ann', discriminator: '0001', avatar: null, bot: false }
const member = {
  id: 'user-{{run}}',
  guildID: guild,
  nickname: 'Annie',
  roles: ['role-{{run}}'],
  joinedAt: '2018-08-16T01:02:03.456Z',
}
const role = { id: 'role-{{run}}', guildID: guild, name: 'mod', color: 255, position: 1, permissions: 8 }
const channel = {
  id: 'channel-{{run}}',
  guildID: guild,
  position: 0,
  name: 'talk',
  nsfw: false,
  overwrites: [{ id: 'role-{{run}}', type: 'role', allow: 1, deny: 2 }],
  userLimit: 10,
  parentID: null,
}
const voiceState = {
  guildID: guild,
  channelID: 'channel-{{run}}',
  userID: 'user-{{run}}',
  deaf: false,
  mute: false,
  selfDeaf: true,
  selfMute: true,
}
const plainGuild = {
  id: guild,
  name: 'G',
  icon: null,
  ownerID: 'user-{{run}}',
  region: 'eu',
  memberCount: 2,
}
const bot = serve('bot', 'sharder')
const cached = (...entities: object[]) => cache('bot', entities)
const aGuild = { type: 'guild', ...plainGuild, roles: [] }

/** A table of the protocol's document: what is cached is read again, field by field. */
function table(kind: string, entity: object, path: string, answer: Pattern, ...before: object[]): Scenario {
  return source(
    `a ${kind} is cached and read again with every field of its table`,
    needsSecret,
    bot,
    cached({ type: 'guild', ...plainGuild, roles: [] }, ...before),
    cache('bot', { type: kind, ...entity }),
    kept(path, answer),
  )
}

const wrong: [string, unknown][] = [
  ['an unknown kind', { type: 'emoji', id: '1' }],
  ['no kind', { id: '1' }],
  ['no id', { type: 'user', username: 'ann' }],
  ['an id that is a number', { type: 'user', id: 5 }],
  ['a member without its guild', { type: 'member', id: '1' }],
  ['a name that is a number', { type: 'role', id: '1', guildID: '2', name: 5 }],
  ['a colour that is a string', { type: 'role', id: '1', guildID: '2', color: 'red' }],
  ['a bot that is a string', { type: 'user', id: '1', bot: 'no' }],
  ['roles that are no array', { type: 'member', id: '1', guildID: '2', roles: '3' }],
  ['a joinedAt that is no timestamp', { type: 'member', id: '1', guildID: '2', joinedAt: 'yesterday' }],
  [
    'an overwrite of another type',
    { type: 'channel', id: '1', guildID: '2', overwrites: [{ id: '1', type: 'x' }] },
  ],
  ['something that is no entity in an array', [{ type: 'user', id: '1' }, 5]],
]

/** Entities that services cache, and the routes they are read by. */
export const cachingScenarios: readonly Scenario[] = [
  table('user', user, '/v1/discord/users/user-{{run}}', user),
  table('role', role, `${guildPath}/roles/role-{{run}}`, role),
  table('guild', { ...plainGuild, roles: [role] }, guildPath, { ...plainGuild, roles: [role] }),
  table('channel', { ...channel, channelType: 2 }, `${guildPath}/channels/channel-{{run}}`, {
    ...channel,
    type: 2,
  }),
  table('voiceState', voiceState, `${guildPath}/voicestates/user-{{run}}`, voiceState),
  table('member', { ...member, user }, `${guildPath}/members/user-{{run}}`, { ...member, user }),
  source(
    'd may be an array of entities',
    needsSecret,
    bot,
    cached({ type: 'user', ...user }, { type: 'role', ...role }),
    kept('/v1/discord/users/user-{{run}}', user),
  ),
  ours(
    'what is nested in a guild becomes entities of its own, with the guild’s id',
    needsSecret,
    bot,
    cache('bot', {
      ...aGuild,
      roles: [{ ...role, guildID: undefined }],
      members: [{ ...member, guildID: undefined, user }],
      channels: [{ ...channel, guildID: undefined, type: 2 }],
      voiceStates: [{ ...voiceState, guildID: undefined }],
    }),
    kept(`${guildPath}/voicestates/user-{{run}}`, voiceState),
    get(guildPath, 200, { ...plainGuild, roles: [role] }),
    get(`${guildPath}/roles`, 200, [role]),
    get(`${guildPath}/channels`, 200, [{ ...channel, type: 2 }]),
    get(`${guildPath}/members/user-{{run}}`, 200, { ...member, user }),
    get(`${guildPath}/channels/channel-{{run}}/members`, 200, some(open({ userID: 'user-{{run}}' }))),
  ),
  ours(
    'what is cached again is merged: fields that are not given stay',
    needsSecret,
    bot,
    cached({ type: 'user', ...user }),
    cache('bot', { type: 'user', id: 'user-{{run}}', username: 'bea' }),
    kept('/v1/discord/users/user-{{run}}', { ...user, username: 'bea' }),
  ),
  ours(
    'senders may leave out whatever is not part of the key',
    needsSecret,
    bot,
    cached(
      { type: 'guild', id: guild, memberCount: null },
      { type: 'member', id: 'user-{{run}}', guildID: guild, joinedAt: null, roles: [] },
    ),
    kept(`${guildPath}/members/user-{{run}}`, open({ id: 'user-{{run}}', guildID: guild, roles: [] })),
  ),
  ours(
    'a voice state whose channel is null is removed',
    needsSecret,
    bot,
    cached(aGuild, { type: 'voiceState', ...voiceState }),
    kept(`${guildPath}/voicestates/user-{{run}}`, voiceState),
    cache('bot', { type: 'voiceState', guildID: guild, userID: 'user-{{run}}', channelID: null }),
    kept(guildPath, any),
    {
      do: 'request',
      method: 'GET',
      path: `${guildPath}/voicestates/user-{{run}}`,
      headers: { authorization: '{{secret}}' },
      reply: { status: 404, json: refusal },
      eventually: true,
    },
  ),
  ours(
    'a guild that is deleted takes its roles, channels, members and voice states along, and leaves users',
    needsSecret,
    bot,
    cached(
      aGuild,
      { type: 'role', ...role },
      { type: 'channel', ...channel },
      { type: 'voiceState', ...voiceState },
      { type: 'member', ...member, user },
    ),
    kept(`${guildPath}/members/user-{{run}}`, any),
    remove(guildPath, 204),
    ...[
      '',
      '/roles',
      '/roles/role-{{run}}',
      '/channels',
      '/channels/channel-{{run}}',
      '/members/user-{{run}}',
      '/voicestates/user-{{run}}',
    ].map((path) => get(`${guildPath}${path}`, 404, refusal)),
    get('/v1/discord/users/user-{{run}}', 200, user),
    remove(guildPath, 404, refusal),
  ),
  ...[
    ['roles/role-{{run}}', { type: 'role', ...role }],
    ['channels/channel-{{run}}', { type: 'channel', ...channel }],
    ['members/user-{{run}}', { type: 'member', ...member }],
    ['voicestates/user-{{run}}', { type: 'voiceState', ...voiceState }],
  ].map(([path, entity]) =>
    ours(
      `DELETE …/${(path as string).split('/')[0]}/:id removes it: 204, then 404`,
      needsSecret,
      bot,
      cached(aGuild, entity as object),
      kept(`${guildPath}/${path as string}`, any),
      remove(`${guildPath}/${path as string}`, 204),
      get(`${guildPath}/${path as string}`, 404, refusal),
      remove(`${guildPath}/${path as string}`, 404, refusal),
    ),
  ),
  ours(
    'who is in a channel that is no voice channel: nobody',
    needsSecret,
    bot,
    cached(aGuild, { type: 'channel', ...channel, channelType: 0 }),
    kept(`${guildPath}/channels/channel-{{run}}/members`, []),
  ),
  ours(
    'GET /v1/discord/users counts the users',
    needsSecret,
    bot,
    cached({ type: 'user', ...user }),
    kept('/v1/discord/users/user-{{run}}', any),
    get('/v1/discord/users', 200, { users: integer(undefined, 1) }),
  ),
  ...wrong.map(([what, d]) =>
    ours(
      `caching ${what} closes with 4005`,
      needsSecret,
      serve('ann', 'sharder'),
      closedFor({ op: 5, d }, 4005),
    ),
  ),
  ours(
    'of a message that is not right nothing is kept',
    needsSecret,
    serve('ann', 'sharder'),
    cache('ann', [{ type: 'user', ...user }, { type: 'nothing' }]),
    closed('ann', 4005),
    get('/v1/discord/users/user-{{run}}', 404, refusal),
  ),
  ours(
    'the routes need the secret: 401 without, 403 with a wrong one',
    needsSecret,
    ...['/v1/services', '/v1/discord/users', guildPath].flatMap((path) => [
      request('GET', path, {}, 401, refusal),
      request('GET', path, { headers: bearer('wrong') }, 403, refusal),
    ]),
  ),
  ours(
    'without a version it is 400, an unknown route is 404, an unknown thing too',
    needsSecret,
    request('GET', '/discord/users', { headers: { authorization: '{{secret}}' } }, 400, refusal),
    request('GET', '/services', { headers: { authorization: '{{secret}}' } }, 400, refusal),
    get('/v1/nothing', 404, refusal),
    get(guildPath, 404, refusal),
    get('/v1/discord/users/nobody-{{run}}', 404, refusal),
  ),
]
