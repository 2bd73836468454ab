import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { ServiceClient } from '../../../test/support/service-client.ts'
import { ServiceGateway } from '../../../test/support/service-gateway.ts'

let gateway: ServiceGateway
let client: ServiceClient
before(async () => {
  gateway = await ServiceGateway.start()
  ;({ client } = await gateway.service('panel'))
})
after(() => gateway.dispose())

/** Sends op 5 and asks at once: nothing is waited for but that it has been looked at. */
async function cache(d: unknown): Promise<void> {
  client.send({ op: 5, d })
  await client.settled()
}

async function read(path: string): Promise<unknown> {
  const { status, body } = await gateway.get(`/v1/discord/${path}`)
  return status === 200 ? body : status
}

async function refusal(d: unknown): Promise<[number, string]> {
  const { client } = await gateway.service('panel')
  client.send({ op: 5, d })
  const { code, reason } = await client.closed
  return [code, reason]
}

const user = {
  id: '155112606661607425',
  username: 'minemidnight',
  discriminator: '0001',
  avatar: null,
  bot: false,
}
const role = { id: '300', guildID: '100', name: 'Mods', color: 16711680, position: 1, permissions: 104324673 }
const text = { id: '200', guildID: '100', type: 0, position: 0, name: 'general', nsfw: false, parentID: null }
const voice = {
  id: '201',
  guildID: '100',
  type: 2,
  position: 1,
  name: 'Talk',
  nsfw: false,
  overwrites: [
    { id: '300', type: 'role', allow: 1024, deny: 0 },
    { id: '155112606661607425', type: 'member', allow: 0, deny: 2048 },
  ],
  userLimit: 5,
  parentID: '202',
}
const member = {
  id: user.id,
  guildID: '100',
  nickname: 'mine',
  roles: ['300'],
  joinedAt: '2018-08-16T12:34:56.789Z',
}
const guild = { id: '100', name: 'Guild', icon: null, ownerID: user.id, region: 'us-east', memberCount: 2 }
const voiceState = {
  guildID: '100',
  channelID: '201',
  userID: user.id,
  deaf: false,
  mute: true,
  selfDeaf: false,
  selfMute: true,
}

describe('what is cached', () => {
  it('is read back with every field of its table, each kind', async () => {
    const { type: channelType, ...channel } = voice
    await cache({ type: 'user', ...user })
    await cache({ type: 'guild', ...guild })
    await cache({ type: 'role', ...role })
    await cache({ ...channel, type: 'channel', channelType })
    await cache({ type: 'member', ...member })
    await cache({ type: 'voiceState', ...voiceState })
    assert.deepEqual(await read(`users/${user.id}`), user)
    assert.deepEqual(await read('guilds/100'), { ...guild, roles: [role] })
    assert.deepEqual(await read('guilds/100/roles/300'), role)
    assert.deepEqual(await read('guilds/100/channels/201'), voice)
    assert.deepEqual(await read(`guilds/100/members/${user.id}`), { ...member, user })
    assert.deepEqual(await read(`guilds/100/voicestates/${user.id}`), voiceState)
  })

  it('may be an array of several kinds', async () => {
    await cache([
      { type: 'user', id: '1', username: 'a' },
      { type: 'role', id: '301', guildID: '100', name: 'b' },
    ])
    assert.deepEqual(await read('users/1'), { id: '1', username: 'a' })
    assert.deepEqual(await read('guilds/100/roles/301'), { id: '301', guildID: '100', name: 'b' })
    await cache([])
  })

  it('is unfolded: a guild with all that is nested in it, a member with its user', async () => {
    const { guildID: _1, ...ownRole } = role
    const { guildID: _2, ...ownText } = text
    const { guildID: _3, ...ownMember } = member
    const { guildID: _4, ...ownState } = voiceState
    await cache({
      type: 'guild',
      ...guild,
      id: '110',
      roles: [{ ...ownRole, id: '310' }],
      channels: [{ ...ownText, id: '210' }],
      members: [{ ...ownMember, id: '410', user: { ...user, id: undefined, username: 'nested' } }],
      voiceStates: [{ ...ownState, userID: '410', channelID: '210' }],
    })
    assert.deepEqual(await read('guilds/110'), {
      ...guild,
      id: '110',
      roles: [{ ...role, id: '310', guildID: '110' }],
    })
    assert.deepEqual(await read('guilds/110/channels/210'), { ...text, id: '210', guildID: '110' })
    assert.deepEqual(await read('guilds/110/members/410'), {
      ...member,
      id: '410',
      guildID: '110',
      user: { ...user, id: '410', username: 'nested' },
    })
    assert.deepEqual(await read('guilds/110/channels/210/members'), [
      { ...voiceState, guildID: '110', userID: '410', channelID: '210' },
    ])
  })

  it('is merged: what is given replaces, what is left out stays', async () => {
    await cache({ type: 'guild', id: '120', name: 'before', memberCount: 5, region: 'eu' })
    await cache({ type: 'guild', id: '120', name: 'after', memberCount: null })
    assert.deepEqual(await read('guilds/120'), {
      id: '120',
      name: 'after',
      memberCount: 5,
      region: 'eu',
      roles: [],
    })
    await cache({ type: 'guild', id: '120', roles: [{ id: '320', name: 'x' }] })
    await cache({ type: 'role', id: '320', color: 1 })
    assert.deepEqual(await read('guilds/120/roles/320'), { id: '320', guildID: '120', name: 'x', color: 1 })
  })

  it('is taken as real senders write it', async () => {
    await cache({
      type: 'guild',
      id: '130',
      name: 'Sparse',
      icon: null,
      memberCount: null,
      roles: [],
      members: [{ id: '430', joinedAt: null, roles: [], user: { id: '430', bot: true } }],
      channels: null,
      voiceStates: [],
      emojis: [{ id: '1', name: 'smile' }],
    })
    assert.deepEqual(await read('guilds/130'), {
      id: '130',
      name: 'Sparse',
      icon: null,
      memberCount: null,
      roles: [],
    })
    assert.deepEqual(await read('guilds/130/members/430'), {
      id: '430',
      guildID: '130',
      joinedAt: null,
      roles: [],
      user: { id: '430', bot: true },
    })
  })

  it('goes when a voice state has no channel any more', async () => {
    const state = { type: 'voiceState', guildID: '100', userID: '440' }
    await cache({ ...state, channelID: '201' })
    assert.notEqual(await read('guilds/100/voicestates/440'), 404)
    await cache({ ...state, channelID: null })
    assert.equal(await read('guilds/100/voicestates/440'), 404)
  })

  it('is seen at once by whoever asks after the service has been heard', async () => {
    for (let i = 0; i < 50; i++) {
      client.send({ op: 5, d: { type: 'user', id: '500', username: String(i) } })
      await client.settled()
      assert.deepEqual(await read('users/500'), { id: '500', username: String(i) })
    }
  })

  it('keeps the order in which it came, a message of thousands followed by one that changes a few', async () => {
    const members = Array.from({ length: 2500 }, (_, i) => ({ id: `${i}`, nickname: 'first' }))
    client.send({ op: 5, d: { type: 'guild', id: '140', members } })
    client.send({ op: 5, d: { type: 'member', guildID: '140', id: '2499', nickname: 'second' } })
    client.send({ op: 5, d: { type: 'member', guildID: '140', id: '0', nickname: 'second' } })
    await client.settled()
    const nicknames = await Promise.all(
      ['0', '1', '2499'].map(
        async (id) => ((await read(`guilds/140/members/${id}`)) as { nickname: string }).nickname,
      ),
    )
    assert.deepEqual(nicknames, ['second', 'first', 'second'])
  })

  it('survives a restart', async () => {
    const other = await ServiceGateway.start()
    const { client } = await other.service('panel')
    client.send({ op: 5, d: { type: 'guild', ...guild, members: [{ ...member, user }] } })
    await client.settled()
    await other.gateway.restart()
    assert.deepEqual((await other.get('/v1/discord/guilds/100')).body, { ...guild, roles: [] })
    assert.deepEqual((await other.get(`/v1/discord/guilds/100/members/${user.id}`)).body, { ...member, user })
    assert.deepEqual((await other.get('/v1/discord/users')).body, { users: 1 })
    await other.dispose()
  })
})

describe('what cannot be cached', () => {
  const cases: [string, unknown, string][] = [
    [
      'an unknown kind',
      { type: 'emoji', id: '1' },
      'd.type must be one of member, role, user, guild, channel, voiceState.',
    ],
    ['no kind', { id: '1' }, 'd.type must be one of member, role, user, guild, channel, voiceState.'],
    ['an array with a text', [{ type: 'user', id: '1' }, 'x'], 'd[1] must be an object.'],
    [
      'a number as id',
      { type: 'user', id: 5 },
      'd.id must be a string of 1 to 64 printable ASCII characters without spaces.',
    ],
    ['a wrong type', { type: 'user', id: '1', bot: 'no' }, 'd.bot must be a boolean.'],
    [
      'a channel with a text as type',
      { type: 'channel', id: '1', channelType: '2' },
      'd.channelType must be an integer.',
    ],
    [
      'a wrong type within',
      [{ type: 'guild', id: '1', members: [{ id: '2', user: { bot: 1 } }] }],
      'd[0].members[0].user.bot must be a boolean.',
    ],
    [
      'a wrong overwrite',
      { type: 'channel', id: '1', overwrites: [{ id: '2', allow: '8' }] },
      'd.overwrites[0].allow must be an integer between −2^53 and 2^53.',
    ],
    [
      'another guild within',
      { type: 'guild', id: '1', roles: [{ id: '2', guildID: '3' }] },
      'd.roles[0].guildID must be the id of the guild around it.',
    ],
  ]
  for (const [what, d, reason] of cases) {
    it(`closes with 4005 and the path: ${what}`, async () => {
      assert.deepEqual(await refusal(d), [4005, reason])
    })
  }

  it('is kept in no part: what stood before it is not there', async () => {
    const many = Array.from({ length: 1200 }, (_, i) => ({ type: 'user', id: `part-${i}` }))
    assert.equal((await refusal([...many, { type: 'user' }]))[0], 4005)
    assert.equal(await read('users/part-0'), 404)
    assert.equal((await refusal([{ type: 'user', id: 'part-0' }, { type: 'user' }]))[0], 4005)
    assert.equal(await read('users/part-0'), 404)
  })

  it('by whoever has not identified', async () => {
    const stranger = await gateway.connect()
    stranger.send({ op: 5, d: { type: 'user', id: 'stranger' } })
    assert.equal((await stranger.closed).code, 4000)
    assert.equal(await read('users/stranger'), 404)
  })
})
