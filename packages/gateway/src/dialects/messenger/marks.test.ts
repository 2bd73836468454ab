import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { http, startTestGateway, type TestGateway, tokenFor } from '../../../test/harness.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

async function pair(name: string): Promise<[MessengerClient, MessengerClient]> {
  const users = [`${name}-a`, `${name}-b`] as const
  return [
    await MessengerClient.subscribed(gateway, users[0]),
    await MessengerClient.subscribed(gateway, users[1]),
  ]
}

test('a mark covers everything up to its number, and the author hears of the highest', async () => {
  const [a, b] = await pair('upto')
  for (let i = 1; i <= 5; i++) await a.get('new', { chatId: 'upto-b', message: `m${i}` })
  await b.get('read', { chatId: 'upto-a', messageId: 4 })
  const event = await a.event()
  assert.deepEqual([event.eventType, event.payload.chatId, event.payload.messageId], ['read', 'upto-b', 4])
  const messages = await a.get('getMessages', { chatId: 'upto-b', count: 10 })
  const marked = messages.map(({ dlvrd, read }: { dlvrd?: number; read?: number }) => [dlvrd, read])
  const { timestamp } = event.payload
  assert.deepEqual(marked, [...Array(4).fill([timestamp, timestamp]), [undefined, undefined]])
})

test('a mark that covers nothing new is answered and tells nobody; nothing moves backwards', async () => {
  const [a, b] = await pair('back')
  for (let i = 1; i <= 3; i++) await a.get('new', { chatId: 'back-b', message: `m${i}` })
  for (const [mark, messageId] of [
    ['read', 2],
    ['read', 2],
    ['dlvrd', 2],
    ['read', 1],
    ['dlvrd', 3],
    ['dlvrd', 1],
  ] as const) {
    assert.equal((await b.ask(mark, { chatId: 'back-a', messageId })).error, undefined)
  }
  const told = (await a.eventsSoFar()).map(({ id, eventType, payload }) => [id, eventType, payload.messageId])
  assert.deepEqual(told, [
    [1, 'read', 2],
    [2, 'dlvrd', 3],
  ])
})

test('marking one’s own messages marks nothing', async () => {
  const [a, b] = await pair('mine')
  await a.get('new', { chatId: 'mine-b', message: 'x' })
  assert.equal((await a.ask('read', { chatId: 'mine-b', messageId: 1 })).error, undefined)
  const message = await a.get('getMessage', { chatId: 'mine-b', messageId: 1 })
  assert.deepEqual([message.read, message.dlvrd], [undefined, undefined])
  assert.deepEqual(
    (await b.eventsSoFar()).map(({ eventType }) => eventType),
    ['new'],
  )
})

test('in a group each author hears of theirs, and a message shows who got it', async () => {
  const [one, two, three] = await Promise.all(
    ['g-one', 'g-two', 'g-three'].map((user) => MessengerClient.subscribed(gateway, user)),
  )
  const { chatId } = await one!.get('createGroup', { groupName: 'g', members: ['g-two', 'g-three'] })
  await one!.get('new', { chatId, message: 'first' })
  await two!.get('new', { chatId, message: 'second' })
  await one!.get('new', { chatId, message: 'third' })
  await three!.get('dlvrd', { chatId, messageId: 3 })
  await two!.get('read', { chatId, messageId: 1 })
  const marks = async (client: MessengerClient) =>
    (await client.eventsSoFar())
      .filter(({ eventType }) => eventType === 'dlvrd' || eventType === 'read')
      .map(({ eventType, payload }) => [eventType, payload.chatId, payload.messageId])
  assert.deepEqual(await marks(one!), [
    ['dlvrd', chatId, 3],
    ['read', chatId, 1],
  ])
  assert.deepEqual(await marks(two!), [['dlvrd', chatId, 2]])
  const { delivering } = await one!.get('getMessage', { chatId, messageId: 1 })
  const who = delivering.map(({ userId, ...times }: { userId: string }) => [
    userId,
    Object.keys(times).sort(),
  ])
  assert.deepEqual(who.sort(), [
    ['g-three', ['dlvrd']],
    ['g-two', ['dlvrd', 'read']],
  ])
})

test('receipts show in the REST API of rooms', async () => {
  const [a, b] = await pair('rest')
  const { chatId } = await a.get('createGroup', { groupName: 'rest', members: ['rest-b'] })
  await a.get('new', { chatId, message: 'x' })
  await b.get('read', { chatId, messageId: 1 })
  const answer = await http(gateway, 'GET', `/api/rooms/${chatId}/messages`, { bearer: tokenFor('rest-a') })
  const { receipts } = (answer.body as { messages: { receipts: Record<string, unknown>[] }[] }).messages[0]!
  assert.deepEqual(
    receipts.map((receipt) => [receipt.userId, typeof receipt.delivered, typeof receipt.read]),
    [['rest-b', 'number', 'number']],
  )
})
