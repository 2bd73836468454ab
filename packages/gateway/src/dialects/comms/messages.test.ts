import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { connectChannels, http, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { CommsClient } from '../../../test/support/comms-client.ts'
import { uuidOf } from './ids.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())

let rooms = 0
/** Two clients alone in a channel of their own. */
async function pair() {
  const name = `talk-${rooms++}`
  const [ann, bo] = [
    await CommsClient.join(gateway, 'ann', { name: 'Ann' }),
    await CommsClient.join(gateway, '18446744073709551615', { name: 'Bo' }),
  ]
  ann.execute('CHANNEL_ADD', { name })
  await ann.socket.until<{ t: string }>(({ t }) => t === 'CHANNEL_ADD')
  ann.execute('CHANNEL_MOVE', { channel: name })
  await ann.socket.until<{ t: string }>(({ t }) => t === 'CHANNEL_MOVE')
  bo.execute('CHANNEL_MOVE', { channel: name })
  await bo.socket.until<{ t: string }>(({ t }) => t === 'CHANNEL_MOVE')
  await ann.event('ROOM_USER_ADD')
  return { name, ann, bo, leave: () => Promise.all([ann.socket.close(), bo.socket.close()]) }
}

test('MESSAGE_CREATE reaches everyone in the channel, its author too, as one frame with the seq of the room', async () => {
  const { ann, bo, leave } = await pair()
  ann.execute('MESSAGE_CREATE', { content: 'Hi "Bo" 👋' })
  const text = await ann.socket.nextText()
  const { messageID } = JSON.parse(text).cnf
  assert.equal(
    text,
    `{"f":130,"cnf":{"user":{"id":"ann","name":"Ann","uuid":"${uuidOf('ann')}","admin":true,"bio":""},` +
      `"content":"Hi \\"Bo\\" 👋","messageID":${messageID}},"s":1,"t":"MESSAGE_CREATE"}`,
  )
  assert.equal(await bo.socket.nextText(), text)
  await leave()
})

test('the event may be named in e, and t wins', async () => {
  const { ann, bo, leave } = await pair()
  ann.socket.send({ f: 130, cnf: { content: 'by e' }, s: 21, e: 'MESSAGE_CREATE' })
  assert.equal((await bo.event('MESSAGE_CREATE')).content, 'by e')
  ann.socket.send({ f: 130, cnf: { content: 'by t' }, t: 'MESSAGE_CREATE', e: 'START_TYPING' })
  assert.equal((await bo.event('MESSAGE_CREATE')).content, 'by t')
  await leave()
})

test('a nonce comes back as it was sent: a string as a string, an integer of any size with all its digits', async () => {
  const { ann, leave } = await pair()
  const say = (nonce: string) =>
    ann.socket.send(`{"f":130,"t":"MESSAGE_CREATE","cnf":{"content":"x","nonce":${nonce}}}`)
  for (const nonce of ['"18446744073709551615"', '18446744073709551615', '-9007199254740993', '7']) {
    say(nonce)
    assert.ok((await ann.socket.nextText()).includes(`,"nonce":${nonce}}`), nonce)
  }
  say('9'.repeat(101))
  assert.deepEqual(await ann.error(), { c: 4004, d: false })
  await leave()
})

test('a nonce comes back to its author only', async () => {
  const { ann, bo, leave } = await pair()
  ann.execute('MESSAGE_CREATE', { content: 'one', nonce: 'n1' })
  ann.execute('MESSAGE_CREATE', { content: 'two', nonce: 2 })
  assert.equal((await ann.event('MESSAGE_CREATE')).nonce, 'n1')
  assert.equal((await ann.event('MESSAGE_CREATE')).nonce, 2)
  assert.ok(!('nonce' in (await bo.event('MESSAGE_CREATE'))))
  assert.ok(!('nonce' in (await bo.event('MESSAGE_CREATE'))))
  await leave()
})

test('an id beyond 2^53 keeps its digits, as a string', async () => {
  const { ann, bo, leave } = await pair()
  bo.execute('MESSAGE_CREATE', { content: 'big' })
  assert.equal((await ann.event('MESSAGE_CREATE')).user.id, '18446744073709551615')
  await leave()
})

test('MESSAGE_DELETE: by its author or an admin, and told by its id', async () => {
  const { ann, bo, leave } = await pair()
  bo.execute('MESSAGE_CREATE', { content: 'mine' })
  const { messageID } = await bo.event('MESSAGE_CREATE')
  await ann.event('MESSAGE_CREATE')
  bo.execute('MESSAGE_DELETE', { messageID })
  assert.equal(
    await ann.socket.nextText(),
    `{"f":130,"cnf":{"messageID":${messageID}},"s":2,"t":"MESSAGE_DELETE"}`,
  )
  await bo.event('MESSAGE_DELETE')

  bo.execute('MESSAGE_CREATE', { content: 'by its id as a string' })
  const other = await bo.event('MESSAGE_CREATE')
  await ann.event('MESSAGE_CREATE')
  bo.execute('MESSAGE_DELETE', { messageID: String(other.messageID) })
  assert.deepEqual(await ann.event('MESSAGE_DELETE'), { messageID: other.messageID })
  await bo.event('MESSAGE_DELETE')

  ann.execute('MESSAGE_CREATE', { content: "ann's" })
  const anns = (await bo.event('MESSAGE_CREATE')).messageID
  bo.execute('MESSAGE_DELETE', { messageID: anns }, 5)
  assert.deepEqual(await bo.error(), { c: 4006, d: false, s: 5 })
  bo.execute('MESSAGE_DELETE', { messageID: 999_999 }, 6)
  assert.deepEqual(await bo.error(), { c: 4004, d: false, s: 6 })
  for (const messageID of [undefined, 'x', 1.5, {}]) {
    bo.execute('MESSAGE_DELETE', { messageID }, 7)
    assert.deepEqual(await bo.error(), { c: 4004, d: false, s: 7 })
  }
  await leave()
})

test('START_TYPING reaches the others, without s, and no connection of the one who types', async () => {
  const { name, ann, bo, leave } = await pair()
  const annToo = await CommsClient.join(gateway, 'ann', { name: 'Ann' })
  annToo.execute('CHANNEL_MOVE', { channel: name })
  await annToo.socket.until<{ t: string }>(({ t }) => t === 'CHANNEL_MOVE')
  ann.execute('START_TYPING')
  const frame = await bo.next()
  assert.equal(frame.t, 'START_TYPING')
  assert.equal(frame.cnf.user.id, 'ann')
  assert.ok(!('s' in frame))
  bo.execute('MESSAGE_CREATE', { content: 'next' })
  await ann.event('MESSAGE_CREATE')
  await annToo.event('MESSAGE_CREATE')
  await annToo.socket.close()
  await leave()
})

test('content has 1 to 2000 characters', async () => {
  const { ann, leave } = await pair()
  for (const content of ['', 'x'.repeat(2001), 5, null]) {
    ann.execute('MESSAGE_CREATE', { content }, 1)
    assert.deepEqual(await ann.error(), { c: 4004, d: false, s: 1 })
  }
  ann.execute('MESSAGE_CREATE', { content: 'x'.repeat(2000) })
  assert.equal((await ann.event('MESSAGE_CREATE')).content.length, 2000)
  await leave()
})

test('messages cross to channels clients and back', async () => {
  const { name, ann, leave } = await pair()
  const listener = await connectChannels(gateway, name)
  await listener.next()
  await ann.event('ROOM_USER_ADD')
  ann.execute('MESSAGE_CREATE', { content: 'over there' })
  const { messageID } = await ann.event('MESSAGE_CREATE')
  const { type, payload } = await listener.next<{ type: string; payload: Record<string, unknown> }>()
  assert.equal(type, 'DATA')
  assert.deepEqual(
    { ...payload, sentAt: 0 },
    { messageId: messageID, authorId: 'ann', content: 'over there', sentAt: 0 },
  )

  await http(gateway, 'POST', `/${name}/emit`, { json: { content: 'and back' }, bearer: tokenFor('eve') })
  const back = await ann.event('MESSAGE_CREATE')
  assert.equal(back.content, 'and back')
  assert.equal(back.user.id, 'eve')
  await http(gateway, 'POST', `/${name}/emit`, { json: { not: 'a message' } })
  await http(gateway, 'POST', `/${name}/emit`, { json: { content: 'after' } })
  assert.equal((await ann.event('MESSAGE_CREATE')).content, 'after')
  await listener.close()
  await leave()
})
