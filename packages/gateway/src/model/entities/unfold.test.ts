import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Entity, type EntityKind, entityKinds } from '../entity.ts'
import { Problem } from '../problem.ts'
import { type FieldType, shapes } from './shapes.ts'
import { unfold } from './unfold.ts'

const samples: Record<EntityKind, Record<string, unknown>> = {
  member: {
    type: 'member',
    id: '1',
    guildID: '9',
    nickname: null,
    roles: ['5'],
    joinedAt: '2018-08-16T01:02:03.456Z',
  },
  role: { type: 'role', id: '5', guildID: '9', name: 'mod', color: 255, position: 1, permissions: 8 },
  user: { type: 'user', id: '1', username: 'ann', discriminator: '0001', avatar: null, bot: false },
  guild: { type: 'guild', id: '9', name: 'G', icon: null, ownerID: '1', region: 'eu', memberCount: 2 },
  channel: {
    type: 'channel',
    id: '7',
    guildID: '9',
    channelType: 2,
    position: 0,
    name: 'talk',
    nsfw: false,
    overwrites: [{ id: '5', type: 'role', allow: 1, deny: 2 }],
    userLimit: 10,
    parentID: null,
  },
  voiceState: {
    type: 'voiceState',
    guildID: '9',
    channelID: '7',
    userID: '1',
    deaf: false,
    mute: false,
    selfDeaf: true,
    selfMute: true,
  },
}

function without(value: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

/** What a kind's sample is kept as. */
function kept(kind: EntityKind): Record<string, unknown> {
  const { channelType, ...fields } = without(samples[kind], 'type')
  return channelType === undefined ? fields : { ...fields, type: channelType }
}

function refusal(data: unknown): string {
  try {
    Array.from(unfold(data))
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid_request') return error.message
    throw error
  }
  return 'taken'
}

for (const kind of entityKinds) {
  test(`a ${kind} is kept with every field of its table`, () => {
    const [entity, ...rest] = unfold(samples[kind])
    assert.deepEqual(rest, [])
    assert.equal(entity?.kind, kind)
    assert.equal(entity?.id, kind === 'voiceState' ? '1' : samples[kind].id)
    assert.equal(entity?.guildID, kind === 'user' ? null : '9')
    assert.deepEqual(entity?.fields, kept(kind))
    assert.equal(entity?.gone, false)
  })
}

const wrong: Record<FieldType, unknown[]> = {
  string: [1, true, [], {}],
  integer: [1.5, '1', 2 ** 53, {}],
  boolean: [0, 'true'],
  strings: ['5', {}],
  timestamp: [0, 'yesterday', '2018-08-16'],
  overwrites: [{}, 'role'],
}

test('a field of the wrong type is refused by name, in every row of every table', () => {
  for (const kind of entityKinds) {
    for (const { name, type } of shapes[kind]) {
      const key = kind === 'channel' && name === 'type' ? 'channelType' : name
      for (const value of wrong[type]) {
        assert.match(refusal({ ...samples[kind], [key]: value }), new RegExp(`^d\\.${key} must be `))
      }
    }
  }
})

test('what real senders leave out or do not know is taken, in every row of every table', () => {
  for (const kind of entityKinds) {
    for (const { name, nullable } of shapes[kind]) {
      const key = kind === 'channel' && name === 'type' ? 'channelType' : name
      const [absent] = unfold(without(samples[kind], key))
      assert.equal(name in (absent?.fields ?? {}), false)
      const [unknown] = unfold({ ...samples[kind], [key]: null })
      if (key === name || nullable) assert.equal(unknown?.fields[name], null)
    }
  }
})

test('a key that is missing or no id is refused', () => {
  const keys: [EntityKind, string][] = [
    ['member', 'id'],
    ['member', 'guildID'],
    ['role', 'id'],
    ['user', 'id'],
    ['guild', 'id'],
    ['channel', 'id'],
    ['voiceState', 'guildID'],
    ['voiceState', 'userID'],
  ]
  for (const [kind, key] of keys) {
    for (const value of [undefined, null, 5, '', 'a b', 'x'.repeat(65), 'a\n', '\ud800', {}]) {
      assert.match(
        refusal({ ...samples[kind], [key]: value }),
        new RegExp(`^d\\.${key} must be a string of 1`),
      )
    }
  }
})

test('refusals name the path', () => {
  const { overwrites: _, ...channel } = without(samples.channel, 'type', 'channelType')
  const cases: [unknown, RegExp][] = [
    [null, /^d must be an object/],
    ['guild', /^d must be an object/],
    [[samples.user, 1], /^d\[1\] must be an object/],
    [{ id: '1' }, /^d\.type must be one of member, role, user, guild, channel, voiceState/],
    [{ type: 'emoji', id: '1' }, /^d\.type must be one of/],
    [{ type: 'constructor', id: '1' }, /^d\.type must be one of/],
    [[{ ...samples.member, roles: ['1', 2] }], /^d\[0\]\.roles\[1\] must be a string/],
    [{ ...samples.member, user: 'ann' }, /^d\.user must be an object/],
    [{ ...samples.member, user: { username: 1 } }, /^d\.user\.username must be a string/],
    [{ ...samples.member, user: { id: '2' } }, /^d\.user\.id must be the id of the member/],
    [{ ...samples.channel, overwrites: [{ type: 'role' }] }, /^d\.overwrites\[0\]\.id must be/],
    [
      { ...samples.channel, overwrites: [{ id: '1', type: 'bot' }] },
      /^d\.overwrites\[0\]\.type must be "role"/,
    ],
    [
      { ...samples.channel, overwrites: [{ id: '1', allow: '1' }] },
      /^d\.overwrites\[0\]\.allow must be an int/,
    ],
    [{ ...samples.guild, roles: {} }, /^d\.roles must be an array/],
    [{ ...samples.guild, roles: [{ name: 'x' }] }, /^d\.roles\[0\]\.id must be/],
    [
      { ...samples.guild, channels: [{ ...channel, type: 'text' }] },
      /^d\.channels\[0\]\.type must be an int/,
    ],
    [
      { ...samples.guild, members: [{ id: '1', guildID: '8' }] },
      /^d\.members\[0\]\.guildID must be the id of/,
    ],
    [{ ...samples.guild, voiceStates: [{ channelID: '7' }] }, /^d\.voiceStates\[0\]\.userID must be/],
  ]
  for (const [data, says] of cases) assert.match(refusal(data), says)
})

test('a guild is unfolded: itself, then its roles, channels, members with their users, and voice states', () => {
  const guild = {
    ...samples.guild,
    roles: [{ id: '5', name: 'mod' }],
    channels: [{ id: '7', type: 2, name: 'talk' }],
    members: [{ id: '1', user: { username: 'ann' } }],
    voiceStates: [{ userID: '1', channelID: '7' }],
  }
  const said = Array.from(unfold([guild]), ({ kind, id, guildID, fields }) => ({ kind, id, guildID, fields }))
  assert.deepEqual(said, [
    { kind: 'guild', id: '9', guildID: '9', fields: kept('guild') },
    { kind: 'role', id: '5', guildID: '9', fields: { id: '5', guildID: '9', name: 'mod' } },
    { kind: 'channel', id: '7', guildID: '9', fields: { id: '7', guildID: '9', type: 2, name: 'talk' } },
    { kind: 'member', id: '1', guildID: '9', fields: { id: '1', guildID: '9' } },
    { kind: 'user', id: '1', guildID: null, fields: { id: '1', username: 'ann' } },
    { kind: 'voiceState', id: '1', guildID: '9', fields: { guildID: '9', userID: '1', channelID: '7' } },
  ])
})

test('a guild as real senders write it is taken', () => {
  const sparse = {
    type: 'guild',
    id: '9',
    name: 'G',
    memberCount: null,
    roles: [],
    members: null,
    channels: [],
    emojis: [{ id: '1' }],
  }
  assert.deepEqual(
    Array.from(unfold(sparse), ({ fields }) => fields),
    [{ id: '9', name: 'G', memberCount: null }],
  )
})

test('a voice state without a channel is gone, one that does not say is not', () => {
  const gone = (data: object): boolean[] =>
    Array.from(unfold({ ...samples.voiceState, ...data }), (one) => one.gone)
  assert.deepEqual(gone({ channelID: null }), [true])
  assert.deepEqual(gone({ channelID: undefined }), [false])
})

test('what the tables do not name is not kept', () => {
  const data = JSON.parse('{"type":"user","id":"1","__proto__":{"bot":true},"constructor":1,"email":"x"}')
  const [user] = unfold(data)
  assert.deepEqual(user?.fields, { id: '1' })
  assert.equal(Object.getPrototypeOf(user?.fields), Object.prototype)
})

test('whatever is sent, it is taken or refused with its path, and nothing else is thrown', () => {
  const names = [
    'type',
    'id',
    'guildID',
    'userID',
    'roles',
    'members',
    'channels',
    'user',
    'overwrites',
    'name',
  ]
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.constantFrom(...entityKinds, '1', '2', null, 3),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('any')),
    ),
  })).any
  fc.assert(
    fc.property(value, (data) => {
      let entities: Entity[] = []
      try {
        entities = Array.from(unfold(data))
      } catch (error) {
        assert.ok(error instanceof Problem)
        assert.match(error.message, /^d[\w.[\]]* must be /)
      }
      for (const { id, fields } of entities) assert.ok(fields.id === id || fields.userID === id)
    }),
    { numRuns: 5000 },
  )
})
