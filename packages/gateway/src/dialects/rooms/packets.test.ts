import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  connectChannels,
  http,
  type SocketClient,
  startTestGateway,
  tokenFor,
} from '../../../test/harness.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

// Thousands of packets come from one machine here.
const gateway = await startTestGateway({ rooms: { messagesPerSecond: 0 } })
after(() => gateway.dispose())

const link = 'https://discord.com/api/webhooks/123/secret-token'

/** A room with its admin and Ada connected. */
async function twoInARoom(settings: object = {}) {
  const room = await TestRoom.make(gateway, settings)
  const ada = await room.join('Ada')
  const [admin, member] = [await room.connect(room.admin), await room.connect(ada)]
  return { room, ada, admin, member }
}

async function expectBoth([one, other]: [SocketClient, SocketClient], packet: string): Promise<void> {
  assert.equal(await one.nextText(), packet)
  assert.equal(await other.nextText(), packet)
}

test('3: a message reaches everyone, its author too', async () => {
  const { room, ada, admin, member } = await twoInARoom()
  const { sentAt } = await room.post(ada, '  Hello "you" 🎉  ')
  const packet = `{"e":3,"d":{"authorId":"${ada.userId}","content":"Hello \\"you\\" 🎉","sentAt":${sentAt}}}`
  await expectBoth([admin, member], packet)
  assert.ok(Math.abs(sentAt - Date.now()) < 60_000)
})

test('4: changed settings, and only those that changed', async () => {
  const { room, admin, member } = await twoInARoom()
  await room.change({ chatLocked: true })
  await expectBoth([admin, member], '{"e":4,"d":{"chatLocked":true}}')
  await room.change({ chatLocked: true, roomLocked: true, maxParticipants: 7, name: 'New name' })
  await expectBoth([admin, member], '{"e":4,"d":{"roomLocked":true,"maxParticipants":7}}')
})

test('4: the webhook whole to admins, masked to others, null when removed', async () => {
  const { room, ada, admin, member } = await twoInARoom()
  await room.change({ discordWebhookLink: link })
  assert.equal(await admin.nextText(), `{"e":4,"d":{"discordWebhookLink":"${link}"}}`)
  const masked = '{"e":4,"d":{"discordWebhookLink":"https://discord.com/api/webhooks/123/***"}}'
  assert.equal(await member.nextText(), masked)
  await room.change({ discordWebhookLink: null })
  await expectBoth([admin, member], '{"e":4,"d":{"discordWebhookLink":null}}')

  await room.changeParticipant(ada, { admin: true })
  await expectBoth([admin, member], `{"e":6,"d":{"userId":"${ada.userId}","admin":true}}`)
  await room.change({ discordWebhookLink: link })
  await expectBoth([admin, member], `{"e":4,"d":{"discordWebhookLink":"${link}"}}`)

  await room.changeParticipant(ada, { admin: false })
  await expectBoth([admin, member], `{"e":6,"d":{"userId":"${ada.userId}","admin":false}}`)
  await room.change({ discordWebhookLink: `${link}2` })
  assert.equal(await admin.nextText(), `{"e":4,"d":{"discordWebhookLink":"${link}2"}}`)
  assert.equal(await member.nextText(), masked)
})

test('5: everyone hears of a kick; all connections of the kicked are closed with 4001, and nothing follows', async () => {
  const { room, ada, admin, member } = await twoInARoom()
  const second = await room.connect(ada)
  await room.kick(ada)
  const packet = `{"e":5,"d":{"userId":"${ada.userId}"}}`
  await expectBoth([admin, member], packet)
  assert.equal(await second.nextText(), packet)
  await room.post(room.admin, 'gone?')
  for (const client of [member, second]) {
    assert.deepEqual(await client.closed, { code: 4001, reason: 'You were kicked from this room.' })
    assert.equal(client.pending, 0)
  }
  assert.equal((await (await room.open(ada)).closed).code, 4401)
  const again = await room.join('Ada')
  await (await room.connect(again)).close()
})

test('6: what changed of a participant', async () => {
  const { room, ada, admin, member } = await twoInARoom()
  await room.changeParticipant(ada, { color: '#36F', admin: false })
  await expectBoth([admin, member], `{"e":6,"d":{"userId":"${ada.userId}","color":"#3366ff"}}`)
})

test('6: a ban is told to everyone and closes with 4001; connecting and joining again are refused', async () => {
  const { room, ada, admin, member } = await twoInARoom()
  await room.changeParticipant(ada, { banned: true })
  await expectBoth([admin, member], `{"e":6,"d":{"userId":"${ada.userId}","banned":true}}`)
  assert.deepEqual(await member.closed, { code: 4001, reason: 'You are banned from this room.' })
  assert.equal((await (await room.open(ada)).closed).code, 4403)
  const again = await room.ask(ada, 'POST', '/participants', { json: { name: 'Ada' } })
  assert.equal(again.status, 403)
  assert.equal(again.body.error.code, 'banned')
})

test('7: a closed room is told to everyone, and closes with 4010', async () => {
  const { room, ada, admin, member } = await twoInARoom()
  assert.equal((await room.ask(room.admin, 'DELETE')).status, 204)
  await expectBoth([admin, member], '{"e":7,"d":{}}')
  for (const client of [admin, member]) {
    assert.deepEqual(await client.closed, { code: 4010, reason: 'The room was closed.' })
  }
  assert.equal((await (await room.open(ada)).closed).code, 4404)
})

test('what this protocol has no word for is not told', async () => {
  const { room, ada, admin, member } = await twoInARoom()
  const { number } = await room.post(ada, 'first')
  await room.ask(ada, 'PATCH', `/messages/${number}`, { json: { content: 'edited' } })
  await room.ask(ada, 'DELETE', `/messages/${number}`)
  await room.change({ name: 'Another name' })
  await room.post(ada, 'last')
  for (const client of [admin, member]) {
    for (const content of ['first', 'last']) {
      const { e, d } = await client.next<{ e: number; d: { content: string } }>()
      assert.deepEqual([e, d.content], [3, content])
    }
  }
})

test('what a channel of the same name emits is a message here, when it is one', async () => {
  const channel = 'square'
  const listener = await connectChannels(gateway, channel)
  await listener.next()
  const token = tokenFor('ada')
  const room = new TestRoom(gateway, channel, { userId: 'ada', participantId: token })
  const client = await room.connect(room.admin)
  const emit = (payload: unknown, bearer?: string) =>
    http(gateway, 'POST', `/${channel}/emit`, { json: payload, ...(bearer !== undefined && { bearer }) })
  await emit({ hello: 'world' })
  await emit({ content: 'from afar', authorId: 'impostor' }, token)
  await emit({ content: 'who am I' })
  const [first, second] = [
    await client.next<{ e: number; d: object }>(),
    await client.next<{ e: number; d: object }>(),
  ]
  assert.deepEqual(
    { e: first.e, ...first.d, sentAt: 0 },
    { e: 3, authorId: 'ada', content: 'from afar', sentAt: 0 },
  )
  assert.deepEqual(
    { e: second.e, ...second.d, sentAt: 0 },
    { e: 3, authorId: 'anonymous', content: 'who am I', sentAt: 0 },
  )

  const { id, sentAt } = await room.post(room.admin, 'and back')
  const { payload } = await listener.until<{ type: string; payload: { messageId?: number } }>(
    ({ payload }) => payload.messageId !== undefined,
  )
  assert.deepEqual(payload, { messageId: id, authorId: 'ada', content: 'and back', sentAt })
})

test('a client that says what it must not is closed with the reason', async () => {
  const room = await TestRoom.make(gateway)
  const cases: [string | Buffer, number, RegExp][] = [
    ['{"e":1', 4002, /not JSON/],
    ['[]', 4002, /object/],
    ['null', 4002, /object/],
    ['{"e":"1","d":{}}', 4002, /integer/],
    ['{"d":{}}', 4002, /integer/],
    ['{"e":8,"d":{}}', 4002, /no event 8/],
    [`{"e":${'9'.repeat(300)},"d":{}}`, 4002, /no event/],
    ['['.repeat(3000), 4002, /nested deeper than 32 levels/],
    ['{"e":0,"d":{"heartbeatInterval":1}}', 4003, /Only the server/],
    ['{"e":3,"d":{"content":"x"}}', 4003, /POST \/api\/rooms\/:roomId\/messages/],
    ['{"e":4,"d":{}}', 4003, /PATCH \/api\/rooms\/:roomId/],
    ['{"e":5,"d":{}}', 4003, /DELETE \/api\/rooms\/:roomId\/participants/],
    ['{"e":6,"d":{}}', 4003, /PATCH \/api\/rooms\/:roomId\/participants/],
    ['{"e":7,"d":{}}', 4003, /DELETE \/api\/rooms\/:roomId/],
    [Buffer.from('{"e":1,"d":{}}'), 1003, /text frames/],
    [`{"e":1,"d":"${'x'.repeat(65_536)}"}`, 1009, /at most 65536 bytes/],
    [`{"e":1,"d":"${'x'.repeat(500_000)}"}`, 1009, /at most 65536 bytes/],
  ]
  for (const [frame, code, reason] of cases) {
    const client = await room.connect(room.admin)
    client.send(frame)
    const closing = await client.closed
    assert.equal(closing.code, code, String(frame).slice(0, 40))
    assert.match(closing.reason, reason)
  }
  await (await room.connect(room.admin)).close()
})

test('a flood of packets ends with 4429 and says when to come back', async () => {
  const room = await TestRoom.make(gateway)
  const client = await room.connect(room.admin)
  for (let i = 0; i < 200; i++) client.send('{"e":1,"d":{}}')
  const { code, reason } = await client.closed
  assert.equal(code, 4429)
  assert.match(reason, /again in \d+ s/)
})

test('many readers hear many writers in one order', async () => {
  const { room } = await twoInARoom()
  const writers = await Promise.all(['Bob', 'Carol', 'Dan', 'Eve'].map((name) => room.join(name)))
  const readers = await Promise.all(Array.from({ length: 20 }, () => room.connect(room.admin)))
  const write = async (who: (typeof writers)[0]) => {
    for (let i = 0; i < 50; i++) await room.post(who, `${who.userId} ${i}`)
  }
  await Promise.all(writers.map(write))
  const heard: string[] = []
  for (const reader of readers) {
    const contents: string[] = []
    for (let i = 0; i < 200; i++) contents.push((await reader.next<{ d: { content: string } }>()).d.content)
    assert.equal(new Set(contents).size, 200)
    heard.push(contents.join())
  }
  assert.equal(new Set(heard).size, 1)
})
