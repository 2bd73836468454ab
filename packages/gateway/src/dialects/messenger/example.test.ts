import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestGateway, type TestGateway } from '../../../test/harness.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

const image = {
  type: 'image',
  id: 'img123',
  filename: 'photo.jpg',
  url: 'http://example.com/photo.jpg',
  meta: { mimetype: 'image/jpeg', width: 1024, height: 768, size: 204_800 },
}

test('the sequence of the protocol’s overview, step by step', async () => {
  // User2 has written nine messages before, so that User1's log stands at 9.
  const earlier = await MessengerClient.open(gateway, 'User2')
  for (let number = 1; number <= 9; number++) {
    assert.deepEqual(await earlier.get('new', { chatId: 'User1', message: `message ${number}` }), {
      messageId: number,
    })
  }
  await earlier.socket.close()

  const user1 = await MessengerClient.open(gateway, 'User1')
  const accepted = await user1.ask('subscribe', { lastEventId: 1 }, 'req001')
  assert.deepEqual(accepted, {
    type: 'response',
    timestamp: accepted.timestamp,
    id: 'req001',
    payload: { lastEventId: 9, epoch: accepted.payload.epoch },
  })
  for (let id = 2; id <= 9; id++) {
    const event = await user1.event()
    assert.deepEqual(event, {
      type: 'event',
      timestamp: event.timestamp,
      id,
      eventType: 'new',
      payload: { chatId: 'User2', userId: 'User2', messageId: id, message: `message ${id}` },
    })
  }

  const user2 = await MessengerClient.open(gateway, 'User2')
  assert.equal((await user2.get('subscribe', {})).lastEventId, 0)
  assert.deepEqual((await user1.event()).payload, { userId: 'User2' })

  user1.send({ type: 'event', timestamp: 1_700_000_000, eventType: 'typing', payload: { chatId: 'User2' } })
  const typing = await user2.event()
  assert.deepEqual(typing, {
    type: 'event',
    timestamp: typing.timestamp,
    eventType: 'typing',
    payload: { userId: 'User1', chatId: 'User1' },
  })

  const sent = await user1.get('new', { chatId: 'User2', message: 'Look!', attachments: [image] })
  assert.deepEqual(sent, { messageId: 10 })
  const received = await user2.event()
  assert.deepEqual(received, {
    type: 'event',
    timestamp: received.timestamp,
    id: 1,
    eventType: 'new',
    payload: { chatId: 'User1', userId: 'User1', messageId: 10, message: 'Look!', attachments: [image] },
  })

  for (const [mark, id] of [
    ['dlvrd', 10],
    ['read', 11],
  ] as const) {
    const answer = await user2.ask(mark, { chatId: 'User1', messageId: 10 })
    assert.deepEqual(answer, { type: 'response', timestamp: answer.timestamp, id: answer.id })
    const event = await user1.event()
    assert.deepEqual(event, {
      type: 'event',
      timestamp: event.timestamp,
      id,
      eventType: mark,
      payload: { chatId: 'User2', messageId: 10, timestamp: event.timestamp },
    })
  }

  const deleted = await user1.ask('delete', { chatId: 'User2', messageId: 10 })
  assert.deepEqual(deleted, { type: 'response', timestamp: deleted.timestamp, id: deleted.id })
  const gone = await user2.event()
  assert.deepEqual(gone, {
    type: 'event',
    timestamp: gone.timestamp,
    id: 2,
    eventType: 'delete',
    payload: { chatId: 'User1', messageId: 10 },
  })
  assert.deepEqual(await user1.eventsSoFar(), [])
  await Promise.all([user1.socket.close(), user2.socket.close()])
})

test('timestamps are whole seconds', async () => {
  const user = await MessengerClient.open(gateway, 'seconds')
  const { timestamp } = await user.ask('getChats', {})
  assert.ok(Number.isInteger(timestamp) && Math.abs(timestamp - Date.now() / 1000) < 60)
  await user.socket.close()
})
