import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { http, startTestGateway } from '../../../../test/harness.ts'
import { expectRefusal } from '../../../../test/support/refusals.ts'
import { type Somebody, TestRoom } from '../../../../test/support/test-room.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())

interface LogPosition {
  readonly epoch: string
  readonly seq: number
}

const read = (room: TestRoom, who: Somebody | null, query: Record<string, string> = {}) =>
  room.ask(who, 'GET', `/events?${new URLSearchParams(query)}`)

const from = ({ epoch, seq }: LogPosition, more: Record<string, string> = {}) => ({
  since: String(seq),
  epoch,
  ...more,
})

test('the log has everything that happened, in order', async () => {
  const room = await TestRoom.make(gateway)
  const ada = await room.join('Ada')
  const message = await room.post(ada, 'one')
  const link = 'https://discord.com/api/webhooks/1/secret-token'
  await room.change({ chatLocked: true, discordWebhookLink: link })
  await room.changeParticipant(ada, { color: '#123456' })
  await room.kick(ada)
  const { status, body } = await read(room, room.admin)
  assert.equal(status, 200)
  assert.equal(body.more, false)
  assert.equal(body.position.seq, 4)
  const { receipts: _, ...written } = message
  const [first, second, third, fourth] = body.events
  assert.deepEqual(first, { id: first.id, seq: 1, at: first.at, kind: 'message.created', message: written })
  assert.match(first.id, /^evt_/)
  assert.deepEqual(
    [second, third, fourth].map(({ id: _id, at: _at, ...rest }) => rest),
    [
      { seq: 2, kind: 'room.updated', changes: { chatLocked: true, discordWebhookLink: link } },
      { seq: 3, kind: 'participant.changed', userId: ada.userId, changes: { color: '#123456' } },
      { seq: 4, kind: 'participant.kicked', userId: ada.userId },
    ],
  )
})

test('the log is read page by page, from position to position', async () => {
  const room = await TestRoom.make(gateway)
  for (let i = 1; i <= 7; i++) await room.post(room.admin, `${i}`)
  const contents: string[] = []
  let query: Record<string, string> = { limit: '3' }
  const pages: number[] = []
  for (;;) {
    const { body } = await read(room, room.admin, query)
    pages.push(body.events.length)
    for (const { message } of body.events) contents.push(message.content)
    query = from(body.position, { limit: '3' })
    if (!body.more) break
  }
  assert.deepEqual(contents, ['1', '2', '3', '4', '5', '6', '7'])
  assert.deepEqual(pages, [3, 3, 1])
  const { body } = await read(room, room.admin, query)
  assert.deepEqual([body.events, body.more], [[], false])
})

test('a webhook in the log is masked for those who are no admins', async () => {
  const room = await TestRoom.make(gateway)
  const ada = await room.join('Ada')
  await room.change({ discordWebhookLink: 'https://discord.com/api/webhooks/1/secret-token' })
  const { text, body } = await read(room, ada)
  assert.ok(!text.includes('secret-token'))
  assert.equal(body.events[0].changes.discordWebhookLink, 'https://discord.com/api/webhooks/1/***')
})

test('a position that cannot be read on from is 410, with where the log stands', async () => {
  const room = await TestRoom.make(gateway)
  const other = await TestRoom.make(gateway)
  await room.post(room.admin, 'one')
  const { position } = (await read(room, room.admin)).body
  const foreign = (await read(other, other.admin)).body.position
  for (const hopeless of [
    { ...position, seq: 2 },
    { ...position, epoch: 'other' },
    { epoch: foreign.epoch, seq: 1 },
  ]) {
    const answer = await read(room, room.admin, from(hopeless))
    expectRefusal(answer, 410, 'gap', /./)
    assert.deepEqual(answer.body.error.position, position)
  }
})

test('what came before one joined is not theirs to read', async () => {
  const room = await TestRoom.make(gateway)
  await room.post(room.admin, 'before')
  const start = (await read(room, room.admin)).body.position
  const ada = await room.join('Ada')
  await room.post(room.admin, 'after')
  const { body } = await read(room, ada)
  assert.deepEqual(
    body.events.map(({ seq }: { seq: number }) => seq),
    [2],
  )
  expectRefusal(await read(room, ada, from({ ...start, seq: 0 })), 410, 'gap', /./)
})

test('what was written while one was banned is not theirs to read, even after the end of the ban', async () => {
  const room = await TestRoom.make(gateway)
  const ada = await room.join('Ada')
  const { position } = (await read(room, ada)).body
  await room.changeParticipant(ada, { banned: true })
  await room.post(room.admin, 'hidden')
  await room.changeParticipant(ada, { banned: false })
  const answer = await read(room, ada, from(position))
  expectRefusal(answer, 410, 'gap', /./)
  await room.post(room.admin, 'open')
  const { body } = await read(room, ada, from(answer.body.error.position))
  assert.deepEqual(
    body.events.map(({ message }: { message: { content: string } }) => message.content),
    ['open'],
  )
})

test('a nonsense position is refused, naming it', async () => {
  const room = await TestRoom.make(gateway)
  for (const since of ['-1', '1.5', 'x', '', '9007199254740992', 'null']) {
    expectRefusal(await read(room, room.admin, { since, epoch: 'e' }), 400, 'invalid_position', /since/)
  }
  expectRefusal(await read(room, room.admin, { since: '0' }), 400, 'invalid_position', /epoch/)
  expectRefusal(await read(room, room.admin, { epoch: 'e' }), 400, 'invalid_position', /since/)
  expectRefusal(await read(room, room.admin, { limit: '101' }), 400, 'invalid_request', /limit/)
  expectRefusal(await read(room, null), 401, 'unauthorized', /./)
})

test('what was emitted stands in the log as it was emitted, digit for digit', async () => {
  const payload = '{"n":1.0,"big":12345678901234567890,"content":"hi"}'
  await http(gateway, 'POST', '/digits/emit', { body: payload })
  await http(gateway, 'POST', '/digits/emit', { body: '1.50' })
  const { status, text, headers, body } = await http(gateway, 'GET', '/api/rooms/digits/events')
  assert.equal(status, 200)
  assert.match(headers.get('content-type') ?? '', /application\/json/)
  assert.ok(text.includes(`"payload":${payload}`))
  assert.ok(text.includes('"payload":1.50'))
  assert.deepEqual(
    body.events.map(({ kind }: { kind: string }) => kind),
    ['message.created', 'data.emitted'],
  )
})

test('positions stay good over a restart', async () => {
  const gateway = await startTestGateway()
  try {
    const room = await TestRoom.make(gateway)
    await room.post(room.admin, 'one')
    const { position } = (await read(room, room.admin)).body
    await gateway.restart()
    await room.post(room.admin, 'two')
    const { body } = await read(room, room.admin, from(position))
    assert.deepEqual(
      body.events.map(({ seq }: { seq: number }) => seq),
      [2],
    )
  } finally {
    await gateway.dispose()
  }
})
