import assert from 'node:assert/strict'
import { test } from 'node:test'
import { http, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'
import { largeText, smallReplay } from '../../../test/support/small-replay.ts'

test('before it subscribes a connection gets no events, but answers', async () => {
  const gateway = await startTestGateway()
  const [reader, writer] = await Promise.all(['r', 'w'].map((user) => MessengerClient.open(gateway, user)))
  await writer!.get('new', { chatId: 'r', message: 'x' })
  assert.deepEqual(await reader!.eventsSoFar(), [])
  assert.equal((await reader!.get('subscribe', {})).lastEventId, 1)
  assert.deepEqual(await reader!.eventsSoFar(), [])
  await gateway.dispose()
})

test('messages that came before a user was ever here are in their inbox', async () => {
  const gateway = await startTestGateway()
  const writer = await MessengerClient.open(gateway, 'w')
  await writer.get('new', { chatId: 'r', message: 'one' })
  await gateway.restart()
  const reader = await MessengerClient.open(gateway, 'r')
  assert.equal((await reader.get('subscribe', { lastEventId: 0 })).lastEventId, 1)
  assert.equal((await reader.event()).payload.message, 'one')
  await gateway.dispose()
})

test('an id that is yet to come is refused, and what was subscribed goes on', async () => {
  const gateway = await startTestGateway()
  const reader = await MessengerClient.subscribed(gateway, 'r')
  const writer = await MessengerClient.open(gateway, 'w')
  assert.equal(await reader.refused('subscribe', { lastEventId: 1 }), 'unknown_event')
  await writer.get('new', { chatId: 'r', message: 'x' })
  assert.equal((await reader.event()).id, 1)
  const stranger = await MessengerClient.open(gateway, 'r')
  assert.equal(await stranger.refused('subscribe', { lastEventId: 2 }), 'unknown_event')
  await writer.get('new', { chatId: 'r', message: 'y' })
  assert.deepEqual(await stranger.eventsSoFar(), [])
  await gateway.dispose()
})

test('who missed more than is replayed is told of a gap, and is live from the newest', async () => {
  const gateway = await startTestGateway({ sessions: { replayLimit: 5 } })
  const writer = await MessengerClient.open(gateway, 'w')
  for (let i = 1; i <= 8; i++) await writer.get('new', { chatId: 'r', message: `m${i}` })
  const reader = await MessengerClient.open(gateway, 'r')
  const { payload, error } = await reader.ask('subscribe', { lastEventId: 2 })
  assert.equal(payload, undefined)
  assert.deepEqual([error?.code, error?.lastEventId, error?.oldestEventId], ['gap', 8, 4])
  await writer.get('new', { chatId: 'r', message: 'live' })
  assert.equal((await reader.event()).id, 9)
  const other = await MessengerClient.open(gateway, 'r')
  assert.equal((await other.get('subscribe', { lastEventId: 4 })).lastEventId, 9)
  assert.deepEqual(
    (await other.eventsSoFar()).map(({ id }) => id),
    [5, 6, 7, 8, 9],
  )
  await gateway.dispose()
})

test('so is who missed more than may be told at once, and nobody who reads is closed for it', async () => {
  const gateway = await startTestGateway(smallReplay)
  try {
    const writer = await MessengerClient.open(gateway, 'w')
    for (let i = 1; i <= 40; i++) await writer.get('new', { chatId: 'r', message: largeText })
    const reader = await MessengerClient.open(gateway, 'r')
    const { error } = await reader.ask('subscribe', { lastEventId: 0 })
    assert.deepEqual([error?.code, error?.lastEventId], ['gap', 40])
    const oldest = error?.oldestEventId ?? 0
    assert.ok(oldest > 1 && oldest <= 36, `${oldest}`)
    await reader.get('subscribe', { lastEventId: oldest - 1 })
    await writer.get('new', { chatId: 'r', message: 'live' })
    assert.deepEqual(
      (await reader.eventsSoFar()).map(({ id }) => id),
      Array.from({ length: 42 - oldest }, (_, i) => oldest + i),
    )
  } finally {
    await gateway.dispose()
  }
})

test('what a kick hides stays hidden: a gap, and nothing from before', async () => {
  const gateway = await startTestGateway()
  const admin = await MessengerClient.open(gateway, 'admin')
  const { chatId } = await admin.get('createGroup', { groupName: 'g', members: ['r'] })
  const reader = await MessengerClient.subscribed(gateway, 'r')
  await admin.get('new', { chatId, message: 'hidden later' })
  await reader.event()
  await http(gateway, 'DELETE', `/api/rooms/${chatId}/participants/r`, { bearer: tokenFor('admin') })
  await admin.get('new', { chatId, message: 'not for r' })
  await admin.get('new', { chatId: 'r', message: 'for r' })
  const event = await reader.event()
  assert.deepEqual([event.id, event.payload.message], [2, 'for r'])
  assert.equal(await reader.refused('getMessages', { chatId, count: 1 }), 'forbidden')
  assert.equal(await reader.refused('new', { chatId, message: 'x' }), 'forbidden')
  assert.equal(await reader.refused('getEvent', { eventId: 1 }), 'gap')
  const again = await MessengerClient.open(gateway, 'r')
  const { error } = await again.ask('subscribe', { lastEventId: 0 })
  assert.deepEqual([error?.code, error?.lastEventId, error?.oldestEventId], ['gap', 2, 2])
  // Let in anew, the user still does not get what came while they were out.
  await admin.get('invite', { chatId, userId: 'r' })
  await admin.get('new', { chatId, message: 'welcome back' })
  assert.deepEqual([(await again.event()).payload.message], ['welcome back'])
  assert.equal(await again.refused('getEvent', { eventId: 1 }), 'gap')
  await gateway.dispose()
})

test('single events are read back as they were sent', async () => {
  const gateway = await startTestGateway()
  const writer = await MessengerClient.open(gateway, 'w')
  const reader = await MessengerClient.subscribed(gateway, 'r')
  for (let i = 1; i <= 3; i++) await writer.get('new', { chatId: 'r', message: `m${i}` })
  const events = [await reader.event(), await reader.event(), await reader.event()]
  assert.deepEqual(await reader.get('getEvent', { eventId: 2 }), events[1])
  assert.deepEqual(await reader.get('getEvents', { fromEventId: 1 }), events.slice(1))
  assert.deepEqual(await reader.get('getEvents', { fromEventId: 3 }), [])
  assert.equal(await reader.refused('getEvent', { eventId: 4 }), 'unknown_event')
  assert.equal(await reader.refused('getEvents', { fromEventId: 4 }), 'unknown_event')
  for (let i = 4; i <= 101; i++) await writer.get('new', { chatId: 'r', message: `m${i}` })
  assert.equal((await reader.get('getEvents', { fromEventId: 1 })).length, 100)
  assert.equal(await reader.refused('getEvents', { fromEventId: 0 }), 'too_many_events')
  await gateway.dispose()
})

test('subscribes into a stream of writes lose and double nothing', async () => {
  const gateway = await startTestGateway({
    limits: { framesPerSecond: 100_000, frameBurst: 100_000 },
    rooms: { messagesPerSecond: 0 },
  })
  const total = 1000
  const writers = await Promise.all([1, 2, 3, 4].map((i) => MessengerClient.open(gateway, `writer-${i}`)))
  const { chatId } = await writers[0]!.get('createGroup', {
    groupName: 'stream',
    members: ['r', 'writer-2', 'writer-3', 'writer-4'],
  })
  let written = 0
  const writing = Promise.all(
    writers.map(async (writer) => {
      while (written < total) {
        written += 1
        await writer.get('new', { chatId, message: `m${written}` })
      }
    }),
  )
  const readers: Promise<void>[] = []
  for (let last = 0; written < total; ) {
    const reader = await MessengerClient.open(gateway, 'r')
    const from = last
    last = (await reader.ask('subscribe', { lastEventId: from })).payload.lastEventId
    readers.push(
      (async () => {
        for (let id = from + 1; id <= total; id++) assert.equal((await reader.event()).id, id)
        await reader.socket.close()
      })(),
    )
  }
  await writing
  assert.ok(readers.length > 3)
  await Promise.all(readers)
  await gateway.dispose()
})

test('after a kick in the midst of a stream a member hears nothing more of it', async () => {
  const gateway = await startTestGateway({ limits: { framesPerSecond: 100_000, frameBurst: 100_000 } })
  const admin = await MessengerClient.open(gateway, 'admin')
  const writer = await MessengerClient.open(gateway, 'writer')
  const reader = await MessengerClient.subscribed(gateway, 'reader')
  for (let round = 1; round <= 10; round++) {
    const { chatId } = await admin.get('createGroup', {
      groupName: `g${round}`,
      members: ['writer', 'reader'],
    })
    let kicked = false
    let sentAfter = 0
    const writing = (async () => {
      for (let after = 0; after < 10; ) {
        const wasKicked = kicked
        await writer.get('new', { chatId, message: wasKicked ? 'after' : 'before' })
        if (wasKicked) after += 1
        sentAfter = after
      }
    })()
    await reader.event()
    const path = `/api/rooms/${chatId}/participants/reader`
    await http(gateway, 'DELETE', path, { bearer: tokenFor('admin') })
    kicked = true
    await writing
    assert.equal(sentAfter, 10)
    const heard = await reader.eventsSoFar()
    assert.ok(heard.every(({ payload }) => payload.message === 'before'))
  }
  await gateway.dispose()
})
