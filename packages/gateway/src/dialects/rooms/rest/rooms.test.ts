import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { http, startTestGateway, tokenFor } from '../../../../test/harness.ts'
import { expectRefusal } from '../../../../test/support/refusals.ts'
import { TestRoom } from '../../../../test/support/test-room.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())

const link = 'https://discord.com/api/webhooks/123/secret-token'

const make = (json: unknown, bearer?: string) =>
  http(gateway, 'POST', '/api/rooms', { json, ...(bearer !== undefined && { bearer }) })

test('a room is made with what is asked for, and its maker is its first admin', async () => {
  const { status, body } = await make({
    name: '  Book club ',
    adminPassword: 'open sesame',
    maxParticipants: 5,
    chatLocked: true,
    roomLocked: false,
    discordWebhookLink: link,
    participant: { name: 'Ada', color: '#36F' },
  })
  assert.equal(status, 201)
  const { roomId, createdAt, participant, ...settings } = body
  assert.match(roomId, /^[A-Za-z0-9_-]{16}$/)
  assert.ok(Number.isInteger(createdAt))
  assert.match(participant.participantId, /^[A-Za-z0-9_-]{22,}$/)
  assert.deepEqual(settings, {
    name: 'Book club',
    access: 'members',
    maxParticipants: 5,
    chatLocked: true,
    roomLocked: false,
    discordWebhookLink: link,
  })
  const room = new TestRoom(gateway, roomId, participant)
  const shown = await room.ask(room.admin, 'GET')
  assert.deepEqual(shown.body.participants, [
    { userId: participant.userId, name: 'Ada', color: '#3366ff', admin: true, banned: false },
  ])
})

test('a room needs nothing to be made', async () => {
  const room = await TestRoom.make(gateway)
  const { body } = await room.ask(room.admin, 'GET')
  const { name, maxParticipants, chatLocked, roomLocked, discordWebhookLink } = body
  assert.deepEqual(
    { name, maxParticipants, chatLocked, roomLocked, discordWebhookLink },
    { name: null, maxParticipants: 100, chatLocked: false, roomLocked: false, discordWebhookLink: null },
  )
  assert.equal(body.participants[0].name, 'admin')
})

test('who makes a room with a token is known by it', async () => {
  const names: unknown[] = []
  for (const name of ['Ada Lovelace', undefined, 'x', 'y'.repeat(100)]) {
    const token = tokenFor('ada', name === undefined ? {} : { name })
    const { body } = await make({}, token)
    assert.equal(body.participant.userId, 'ada')
    const shown = await http(gateway, 'GET', `/api/rooms/${body.roomId}`, { bearer: token })
    names.push(shown.body.participants[0].name)
  }
  assert.deepEqual(names, ['Ada Lovelace', 'ada', 'admin', 'admin'])
})

const misfits: [unknown, RegExp][] = [
  [{ name: 'x' }, /"name" must have 2 to 32/],
  [{ name: 'x'.repeat(33) }, /"name" must have 2 to 32/],
  [{ name: 7 }, /body\.name/],
  [{ maxParticipants: 0 }, /body\.maxParticipants/],
  [{ maxParticipants: 10_001 }, /body\.maxParticipants/],
  [{ maxParticipants: 1.5 }, /body\.maxParticipants/],
  [{ maxParticipants: '5' }, /body\.maxParticipants/],
  [{ chatLocked: 'yes' }, /body\.chatLocked/],
  [{ roomLocked: null }, /body\.roomLocked/],
  [{ adminPassword: '' }, /body\.adminPassword/],
  [{ participant: { name: 'x' } }, /"participant\.name" must have 2 to 32/],
  [{ participant: { color: 'red' } }, /body\.participant\.color/],
  [{ surprise: 1 }, /body\.surprise/],
  [[], /body/],
  [7, /body/],
  [{ discordWebhookLink: 'http://169.254.169.254/api/webhooks/1/x' }, /discordWebhookLink/],
  [{ discordWebhookLink: 'https://discord.com.evil.example/api/webhooks/1/x' }, /discordWebhookLink/],
  [{ discordWebhookLink: '' }, /discordWebhookLink/],
]

test('what a room cannot be made of is refused, naming the field', async () => {
  for (const [json, message] of misfits) expectRefusal(await make(json), 400, 'invalid_request', message)
  for (const body of ['', '{', '{"name":"x"']) {
    expectRefusal(await http(gateway, 'POST', '/api/rooms', { body }), 400, 'invalid_json', /./)
  }
  expectRefusal(await make({}, 'a.b.c'), 401, 'token_invalid', /token/)
  expectRefusal(await make({}, tokenFor('ada', { ttl: -1 })), 401, 'token_expired', /expired/)
})

test('a room is shown to its participants, without secrets', async () => {
  const room = await TestRoom.make(gateway, { discordWebhookLink: link, adminPassword: 'open sesame' })
  const ada = await room.join('Ada')
  const { status, text, body } = await room.ask(ada, 'GET')
  assert.equal(status, 200)
  assert.equal(body.discordWebhookLink, 'https://discord.com/api/webhooks/123/***')
  assert.deepEqual(
    body.participants.map(({ name, admin }: { name: string; admin: boolean }) => ({ name, admin })),
    [
      { name: 'admin', admin: true },
      { name: 'Ada', admin: false },
    ],
  )
  for (const secret of [ada.participantId, room.admin.participantId, 'secret-token', 'sesame', 'scrypt']) {
    assert.ok(!text.includes(secret), secret)
  }
  assert.equal((await room.ask(room.admin, 'GET')).body.discordWebhookLink, link)
})

test('a room for its members is shown to nobody else', async () => {
  const room = await TestRoom.make(gateway)
  const other = await TestRoom.make(gateway)
  const path = `/api/rooms/${room.id}`
  expectRefusal(await http(gateway, 'GET', path), 401, 'unauthorized', /Bearer/)
  expectRefusal(await http(gateway, 'GET', path, { bearer: 'nobody' }), 401, 'unknown_participant', /./)
  expectRefusal(await room.ask(other.admin, 'GET'), 401, 'unknown_participant', /./)
  expectRefusal(await http(gateway, 'GET', path, { bearer: tokenFor('eve') }), 403, 'not_a_member', /join/)
  const headers = { authorization: `Basic ${room.admin.participantId}` }
  expectRefusal(await http(gateway, 'GET', path, { headers }), 401, 'unauthorized', /./)
  expectRefusal(await http(gateway, 'GET', '/api/rooms/nowhere'), 404, 'unknown_room', /./)
  expectRefusal(await http(gateway, 'GET', '/api/rooms/nowhere', { bearer: 'x' }), 404, 'unknown_room', /./)
  const operator = await http(gateway, 'GET', path, { bearer: tokenFor('root', { admin: true }) })
  assert.equal(operator.status, 200)
})

test('a public room is shown to anyone', async () => {
  await http(gateway, 'POST', '/agora/emit', { json: 1 })
  const { status, body } = await http(gateway, 'GET', '/api/rooms/agora')
  assert.equal(status, 200)
  assert.equal(body.access, 'public')
})

test('settings are changed by admins, and only what is given', async () => {
  const room = await TestRoom.make(gateway, { name: 'Old', maxParticipants: 5 })
  const changes = { name: ' New name ', chatLocked: true, discordWebhookLink: link }
  const { status, body } = await room.ask(room.admin, 'PATCH', '', { json: changes })
  assert.equal(status, 200)
  assert.deepEqual(
    [body.name, body.maxParticipants, body.chatLocked, body.roomLocked, body.discordWebhookLink],
    ['New name', 5, true, false, link],
  )
  const removed = await room.ask(room.admin, 'PATCH', '', { json: { name: null, discordWebhookLink: null } })
  assert.deepEqual([removed.body.name, removed.body.discordWebhookLink], [null, null])
})

test('who may not change or close a room is told so', async () => {
  const room = await TestRoom.make(gateway)
  const ada = await room.join('Ada')
  const bob = await room.join('Bob')
  await room.changeParticipant(bob, { banned: true })
  for (const [method, options] of [
    ['PATCH', { json: { chatLocked: true } }],
    ['DELETE', {}],
  ] as const) {
    expectRefusal(await room.ask(ada, method, '', options), 403, 'forbidden', /admin/)
    expectRefusal(await room.ask(bob, method, '', options), 403, 'banned', /banned/)
    expectRefusal(await room.ask(null, method, '', options), 401, 'unauthorized', /./)
    const nowhere = new TestRoom(gateway, 'nowhere', room.admin)
    expectRefusal(await nowhere.ask(room.admin, method, '', options), 404, 'unknown_room', /./)
    expectRefusal(await nowhere.ask(null, method, '', options), 404, 'unknown_room', /./)
  }
  expectRefusal(await room.ask(room.admin, 'PATCH', '', { json: {} }), 400, 'invalid_request', /body/)
  const bad = { json: { discordWebhookLink: 'https://127.0.0.1/api/webhooks/1/x' } }
  expectRefusal(await room.ask(room.admin, 'PATCH', '', bad), 400, 'invalid_request', /discordWebhookLink/)
})

test('a closed room is gone, with all credentials', async () => {
  const room = await TestRoom.make(gateway)
  assert.equal((await room.ask(room.admin, 'DELETE')).status, 204)
  expectRefusal(await room.ask(room.admin, 'GET'), 404, 'unknown_room', /./)
  expectRefusal(await room.ask(room.admin, 'DELETE'), 404, 'unknown_room', /./)
})

test('rooms, participants and settings survive a restart', async () => {
  const gateway = await startTestGateway()
  try {
    const room = await TestRoom.make(gateway, { name: 'Book club', roomLocked: true })
    await gateway.restart()
    const { body } = await room.ask(room.admin, 'GET')
    assert.deepEqual([body.name, body.roomLocked, body.participants.length], ['Book club', true, 1])
  } finally {
    await gateway.dispose()
  }
})

test('a method that an address does not take is 405, with those it takes', async () => {
  const { status, headers } = await http(gateway, 'DELETE', '/api/rooms')
  assert.equal(status, 405)
  assert.equal(headers.get('allow'), 'POST')
})
