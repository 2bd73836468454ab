import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { http, startTestGateway, tokenFor } from '../../../../test/harness.ts'
import { ManualClock } from '../../../../test/support/manual-clock.ts'
import { expectRefusal } from '../../../../test/support/refusals.ts'
import { TestRoom } from '../../../../test/support/test-room.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())

test('a message is kept, and given back whole', async () => {
  const room = await TestRoom.make(gateway)
  const ada = await room.join('Ada')
  const first = await room.post(ada, '  Hello  ')
  assert.deepEqual(first, {
    id: first.id,
    number: 1,
    authorId: ada.userId,
    authorName: 'Ada',
    content: 'Hello',
    sentAt: first.sentAt,
    editedAt: null,
    deletedAt: null,
    receipts: [],
  })
  const second = await room.post(room.admin, 'World')
  assert.equal(second.number, 2)
  assert.ok(second.id > first.id)
})

test('messages come in pages, newest first', async () => {
  const room = await TestRoom.make(gateway)
  for (let i = 1; i <= 5; i++) await room.post(room.admin, `${i}`)
  const page = async (query: string) => {
    const { status, body } = await room.ask(room.admin, 'GET', `/messages${query}`)
    assert.equal(status, 200)
    return { contents: body.messages.map(({ content }: { content: string }) => content), more: body.more }
  }
  assert.deepEqual(await page(''), { contents: ['5', '4', '3', '2', '1'], more: false })
  assert.deepEqual(await page('?limit=2'), { contents: ['5', '4'], more: true })
  assert.deepEqual(await page('?limit=2&before=4'), { contents: ['3', '2'], more: true })
  assert.deepEqual(await page('?limit=2&before=2'), { contents: ['1'], more: false })
  assert.deepEqual(await page('?before=1'), { contents: [], more: false })
})

test('a page of large messages has fewer, and says that there are more', async () => {
  const json = { content: 'x'.repeat(60_000) }
  for (let i = 1; i <= 20; i++) await http(gateway, 'POST', '/large/emit', { json })
  const page = async (before: string) => {
    const { body } = await http(gateway, 'GET', `/api/rooms/large/messages${before}`, {
      bearer: tokenFor('ada'),
    })
    return { numbers: body.messages.map(({ number }: { number: number }) => number), more: body.more }
  }
  const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i)
  assert.deepEqual(await page(''), { numbers: down(20, 4), more: true })
  assert.deepEqual(await page('?before=4'), { numbers: [3, 2, 1], more: false })
})

test('a page is 50 messages unless another limit from 1 to 100 is given', async () => {
  const room = await TestRoom.make(gateway)
  for (let i = 1; i <= 51; i++) await room.post(room.admin, `${i}`)
  const { body } = await room.ask(room.admin, 'GET', '/messages')
  assert.deepEqual([body.messages.length, body.more], [50, true])
  for (const limit of ['0', '101', '-1', '1.5', 'x', '', '1e9']) {
    const answer = await room.ask(room.admin, 'GET', `/messages?limit=${limit}`)
    expectRefusal(answer, 400, 'invalid_request', /limit/)
  }
  for (const before of ['0', '-1', 'x', '9007199254740992']) {
    const answer = await room.ask(room.admin, 'GET', `/messages?before=${before}`)
    expectRefusal(answer, 400, 'invalid_request', /before/)
  }
})

test('contents have 1 to 2048 characters after trimming', async () => {
  const room = await TestRoom.make(gateway)
  const write = (json: unknown) => room.ask(room.admin, 'POST', '/messages', { json })
  assert.equal((await write({ content: ` ${'🎉'.repeat(2048)} ` })).status, 201)
  for (const content of ['', ' \n\t ', 'x'.repeat(2049)]) {
    expectRefusal(await write({ content }), 400, 'invalid_request', /1 to 2048/)
  }
  for (const json of [{}, { content: 7 }, { content: null }, { content: 'x', authorId: 'y' }, [], 'x']) {
    expectRefusal(await write(json), 400, 'invalid_request', /body/)
  }
  const large = await room.ask(room.admin, 'POST', '/messages', { json: { content: 'x'.repeat(70_000) } })
  expectRefusal(large, 413, 'payload_too_large', /./)
  const halved = await write({ content: 'a\ud800b' })
  assert.equal(halved.body.content, 'a\ufffdb')
})

test('who may not write is told why', async () => {
  const room = await TestRoom.make(gateway)
  const ada = await room.join('Ada')
  const json = { json: { content: 'x' } }
  await room.change({ chatLocked: true })
  expectRefusal(await room.ask(ada, 'POST', '/messages', json), 403, 'chat_locked', /locked/)
  await room.post(room.admin, 'admins may')
  await room.change({ chatLocked: false })
  await room.post(ada, 'now I may')
  expectRefusal(await room.ask(null, 'POST', '/messages', json), 401, 'unauthorized', /./)
  const path = '/api/rooms/nowhere/messages'
  expectRefusal(await http(gateway, 'POST', path, { ...json, bearer: 'x' }), 404, 'unknown_room', /./)
  expectRefusal(await http(gateway, 'GET', path), 404, 'unknown_room', /./)
  expectRefusal(await room.ask(null, 'GET', '/messages'), 401, 'unauthorized', /./)
})

test('a message is edited by its author and by admins', async () => {
  const room = await TestRoom.make(gateway)
  const [ada, bob] = [await room.join('Ada'), await room.join('Bob')]
  const { number, id, sentAt } = await room.post(ada, 'first')
  const edit = (who: typeof ada | null, content = 'edited') =>
    room.ask(who, 'PATCH', `/messages/${number}`, { json: { content } })
  const { status, body } = await edit(ada, ' second ')
  assert.equal(status, 200)
  assert.deepEqual([body.id, body.number, body.content, body.sentAt], [id, number, 'second', sentAt])
  assert.ok(body.editedAt >= sentAt)
  assert.equal((await edit(room.admin, 'third')).body.content, 'third')
  expectRefusal(await edit(bob), 403, 'forbidden', /author/)
  expectRefusal(await edit(null), 401, 'unauthorized', /./)
  expectRefusal(await edit(ada, ' '), 400, 'invalid_request', /content/)
  await room.change({ chatLocked: true })
  expectRefusal(await edit(ada), 403, 'chat_locked', /./)
})

test('a deleted message keeps its place and loses its text', async () => {
  const room = await TestRoom.make(gateway)
  const [ada, bob] = [await room.join('Ada'), await room.join('Bob')]
  const { number } = await room.post(ada, 'secret')
  const path = `/messages/${number}`
  expectRefusal(await room.ask(bob, 'DELETE', path), 403, 'forbidden', /author/)
  expectRefusal(await room.ask(null, 'DELETE', path), 401, 'unauthorized', /./)
  assert.equal((await room.ask(ada, 'DELETE', path)).status, 204)
  const { text, body } = await room.ask(bob, 'GET', '/messages')
  assert.ok(!text.includes('secret'))
  assert.ok(Number.isInteger(body.messages[0].deletedAt))
  expectRefusal(await room.ask(ada, 'DELETE', path), 409, 'message_deleted', /./)
  expectRefusal(await room.ask(ada, 'PATCH', path, { json: { content: 'x' } }), 409, 'message_deleted', /./)
  const { text: log } = await room.ask(room.admin, 'GET', '/events')
  assert.ok(!log.includes('secret'))
})

test('a number that no message has is unknown', async () => {
  const room = await TestRoom.make(gateway)
  for (const number of ['1', '0', '-1', 'x', '1.5', '01', '9007199254740993', '__proto__']) {
    expectRefusal(await room.ask(room.admin, 'DELETE', `/messages/${number}`), 404, 'unknown_message', /./)
  }
})

test('a repeated Idempotency-Key writes once, also after a restart, and is one author’s own', async () => {
  const gateway = await startTestGateway()
  try {
    const room = await TestRoom.make(gateway)
    const ada = await room.join('Ada')
    const write = (who: typeof ada, key: string) =>
      room.ask(who, 'POST', '/messages', { json: { content: 'once' }, headers: { 'idempotency-key': key } })
    const first = await write(ada, 'k1')
    assert.equal(first.status, 201)
    const again = await Promise.all(Array.from({ length: 5 }, () => write(ada, 'k1')))
    await gateway.restart()
    again.push(await write(ada, 'k1'))
    for (const { status, body } of again) assert.deepEqual([status, body], [201, first.body])
    assert.equal((await write(ada, 'k2')).body.number, 2)
    const other = await write(room.admin, 'k1')
    assert.deepEqual([other.body.number, other.body.authorId], [3, room.admin.userId])
    expectRefusal(await write(ada, 'k'.repeat(201)), 400, 'invalid_request', /Idempotency-Key/)
    assert.equal((await room.ask(ada, 'GET', '/messages')).body.messages.length, 3)
    assert.equal((await room.ask(ada, 'DELETE', '/messages/1')).status, 204)
    const { body } = await write(ada, 'k1')
    assert.equal(typeof body.deletedAt, 'number')
    assert.deepEqual(body, { ...first.body, content: '', deletedAt: body.deletedAt })
  } finally {
    await gateway.dispose()
  }
})

test('writing is limited for each participant in each room, and the refusal says when to come back', async () => {
  const clock = new ManualClock(Date.now())
  const gateway = await startTestGateway({ rooms: { messagesPerSecond: 1, messageBurst: 3 } }, { clock })
  try {
    const room = await TestRoom.make(gateway)
    const ada = await room.join('Ada')
    for (let i = 0; i < 3; i++) await room.post(ada, `${i}`)
    const answer = await room.ask(ada, 'POST', '/messages', { json: { content: 'too much' } })
    assert.equal(expectRefusal(answer, 429, 'rate_limited', /try again/).retryAfter, 1)
    await room.post(room.admin, 'others may')
    clock.advance(1000)
    await room.post(ada, 'again')
  } finally {
    await gateway.dispose()
  }
})
