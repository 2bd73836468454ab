import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connectChannels, http, startTestGateway, type TestGateway, tokenFor } from '../../../test/harness.ts'
import { type Event, MessengerClient } from '../../../test/support/messenger-client.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

const subscribed = (user: string) => MessengerClient.subscribed(gateway, user)
const short = ({ eventType, payload }: Event) => [eventType, payload.userId]

/** `a` is subscribed and shares a dialog with `b`. */
async function acquainted(name: string): Promise<MessengerClient> {
  const a = await subscribed(`${name}-a`)
  await a.get('new', { chatId: `${name}-b`, message: 'x' })
  return a
}

test('a user with several connections comes online once and goes offline once', async () => {
  const a = await acquainted('once')
  const phone = await subscribed('once-b')
  assert.deepEqual(short(await a.event()), ['online', 'once-b'])
  const laptop = await subscribed('once-b')
  await phone.socket.close()
  assert.deepEqual(await a.eventsSoFar(), [])
  await laptop.socket.close()
  assert.deepEqual(short(await a.event()), ['offline', 'once-b'])
})

test('strangers are told nothing', async () => {
  const stranger = await subscribed('stranger')
  const a = await acquainted('told')
  const b = await subscribed('told-b')
  await a.event()
  await b.socket.close()
  await a.event()
  assert.deepEqual(await stranger.eventsSoFar(), [])
})

test('"offline" shows the user offline while the connection stays; the next request shows it online', async () => {
  const a = await acquainted('away')
  const b = await subscribed('away-b')
  assert.deepEqual(short(await a.event()), ['online', 'away-b'])
  b.send({ type: 'event', eventType: 'offline' })
  assert.deepEqual(short(await a.event()), ['offline', 'away-b'])
  assert.equal((await a.get('getChat', { chatId: 'away-b' })).online, false)
  await a.get('new', { chatId: 'away-b', message: 'still there?' })
  assert.equal((await b.event()).payload.message, 'still there?')
  await b.get('getChats', {})
  assert.deepEqual(short(await a.event()), ['online', 'away-b'])
})

test('before it subscribes a connection does not show its user', async () => {
  const a = await acquainted('unseen')
  const b = await MessengerClient.open(gateway, 'unseen-b')
  await b.get('getChats', {})
  assert.deepEqual(await a.eventsSoFar(), [])
  assert.equal((await a.get('getChat', { chatId: 'unseen-b' })).online, false)
})

test('who connects by another protocol is online too', async () => {
  const a = await acquainted('else')
  const listener = await connectChannels(gateway, 'somewhere', { bearer: tokenFor('else-b') })
  assert.deepEqual(short(await a.event()), ['online', 'else-b'])
  await listener.close()
  assert.deepEqual(short(await a.event()), ['offline', 'else-b'])
})

test('typing reaches the others of a chat, in every spelling, and nobody else', async () => {
  const a = await acquainted('type')
  await subscribed('type-b')
  const { chatId } = await a.get('createGroup', { groupName: 'g', members: ['type-b', 'type-c'] })
  const c = await subscribed('type-c')
  for (const frame of [
    { type: 'event', eventType: 'typing', payload: { chatId } },
    { type: 'event', payloadType: 'typing', payload: { chatId } },
    { type: 'request', payloadType: 'typing', payload: { chatId } },
  ]) {
    a.send(frame)
    const { payload, id } = await c.event()
    assert.deepEqual([payload, id], [{ userId: 'type-a', chatId }, undefined])
  }
  assert.deepEqual((await a.eventsSoFar()).map(short), [
    ['online', 'type-b'],
    ['online', 'type-c'],
  ])
})

test('typing that is no typing is said to be none', async () => {
  const a = await subscribed('badtype')
  a.send({ type: 'event', eventType: 'typing', payload: {} })
  assert.equal((await a.response(null)).error?.code, 'invalid_payload')
})

test('the user’s other devices hear what one of them does, without an id', async () => {
  const phone = await subscribed('dev-a')
  const laptop = await subscribed('dev-a')
  const b = await subscribed('dev-b')
  await phone.get('new', { chatId: 'dev-b', message: 'x' })
  const event = await laptop.event()
  assert.deepEqual(
    [event.id, event.eventType, event.payload],
    [undefined, 'new', { chatId: 'dev-b', userId: 'dev-a', messageId: 1, message: 'x' }],
  )
  await b.get('read', { chatId: 'dev-a', messageId: 1 })
  assert.deepEqual([(await phone.event()).id, (await laptop.event()).id], [1, 1])
  assert.deepEqual(await phone.eventsSoFar(), [])
  assert.equal((await phone.get('subscribe', {})).lastEventId, 1)
})

test('what is written through other protocols reaches a chat, and the other way round', async () => {
  const user = await subscribed('mix-user')
  await http(gateway, 'POST', '/mix/emit', { json: { content: 'before' } })
  await user.get('invite', { chatId: 'mix', userId: 'mix-user' })
  assert.equal((await user.get('getChat', { chatId: 'mix' })).type, 'channel')
  const listener = await connectChannels(gateway, 'mix')
  await listener.next()

  await http(gateway, 'POST', '/mix/emit', {
    json: { content: 'from a channel', more: 1 },
    bearer: tokenFor('ann'),
  })
  const heard = await user.event()
  assert.deepEqual([heard.id, heard.eventType], [1, 'new'])
  assert.deepEqual(heard.payload, { chatId: 'mix', userId: 'ann', messageId: 2, message: 'from a channel' })
  await listener.next()

  await user.get('new', { chatId: 'mix', message: 'from messenger' })
  const { type, payload } = await listener.next<{ type: string; payload: Record<string, unknown> }>()
  assert.deepEqual([type, payload.authorId, payload.content], ['DATA', 'mix-user', 'from messenger'])
  await listener.close()
})
