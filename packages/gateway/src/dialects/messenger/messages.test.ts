import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestGateway, type TestGateway } from '../../../test/harness.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

/** Two users that no other test knows, both subscribed. */
async function pair(name: string): Promise<[MessengerClient, MessengerClient]> {
  const users = [`${name}-a`, `${name}-b`] as const
  return [
    await MessengerClient.subscribed(gateway, users[0]),
    await MessengerClient.subscribed(gateway, users[1]),
  ]
}

test('messages count from 1 in each dialog, from either side', async () => {
  const [a, b] = await pair('count')
  assert.deepEqual(await a.get('new', { chatId: 'count-b', message: 'one' }), { messageId: 1 })
  assert.deepEqual(await b.get('new', { chatId: 'count-a', message: 'two' }), { messageId: 2 })
  assert.deepEqual(await a.get('new', { chatId: 'count-c', message: 'other' }), { messageId: 1 })
  const { createdAt, ...rest } = await b.get('getMessage', { chatId: 'count-a', messageId: 1 })
  assert.ok(Number.isInteger(createdAt))
  assert.deepEqual(rest, { messageId: 1, sender: 'count-a', message: 'one' })
})

test('an edit reaches the other and shows when it was made', async () => {
  const [a, b] = await pair('edit')
  await a.get('new', { chatId: 'edit-b', message: 'helo' })
  assert.equal(await a.get('edit', { chatId: 'edit-b', messageId: 1, message: 'hello' }), undefined)
  await b.event()
  const event = await b.event()
  assert.deepEqual([event.id, event.eventType], [2, 'edit'])
  assert.deepEqual(event.payload, { chatId: 'edit-a', messageId: 1, message: 'hello' })
  const message = await b.get('getMessage', { chatId: 'edit-a', messageId: 1 })
  assert.equal(message.message, 'hello')
  assert.ok(Number.isInteger(message.updatedAt))
})

test('a deleted message keeps its number and times, loses its text and files, and cannot be edited', async () => {
  const [a, b] = await pair('delete')
  const attachments = [
    {
      type: 'file',
      id: 'f',
      filename: 'f.txt',
      url: 'https://example.com/f.txt',
      meta: { extension: 'txt', size: 1 },
    },
  ]
  await a.get('new', { chatId: 'delete-b', message: 'a secret', attachments })
  await a.get('edit', { chatId: 'delete-b', messageId: 1, message: 'another secret' })
  await b.get('read', { chatId: 'delete-a', messageId: 1 })
  await a.get('delete', { chatId: 'delete-b', messageId: 1 })
  const message = await b.get('getMessage', { chatId: 'delete-a', messageId: 1 })
  assert.deepEqual(Object.keys(message).sort(), [
    'createdAt',
    'deletedAt',
    'dlvrd',
    'messageId',
    'read',
    'sender',
    'updatedAt',
  ])
  assert.equal(await a.refused('edit', { chatId: 'delete-b', messageId: 1, message: 'x' }), 'message_deleted')
  const events = JSON.stringify(await b.get('getEvents', { fromEventId: 0 }))
  assert.ok(!events.includes('secret') && !events.includes('f.txt'))
  assert.equal(JSON.parse(events).length, 3)
})

test('only the author edits and deletes; a stranger reads nothing', async () => {
  const [a, b] = await pair('own')
  await a.get('new', { chatId: 'own-b', message: 'mine' })
  assert.equal(await b.refused('edit', { chatId: 'own-a', messageId: 1, message: 'x' }), 'forbidden')
  assert.equal(await b.refused('delete', { chatId: 'own-a', messageId: 1 }), 'forbidden')
  const stranger = await MessengerClient.open(gateway, 'own-stranger')
  assert.equal(await stranger.refused('getMessages', { chatId: 'own-a', count: 1 }), 'unknown_chat')
})

test('what is not there is refused by name', async () => {
  const [a] = await pair('absent')
  assert.equal(await a.refused('getMessage', { chatId: 'absent-b', messageId: 1 }), 'unknown_chat')
  await a.get('new', { chatId: 'absent-b', message: 'x' })
  assert.equal(await a.refused('getMessage', { chatId: 'absent-b', messageId: 2 }), 'unknown_message')
  assert.equal(await a.refused('edit', { chatId: 'absent-b', messageId: 2, message: 'x' }), 'unknown_message')
  assert.equal(await a.refused('read', { chatId: 'absent-b', messageId: 2 }), 'unknown_message')
})

test('a message needs text or files, and is not endless', async () => {
  const [a] = await pair('shape')
  assert.equal(await a.refused('new', { chatId: 'shape-b' }), 'invalid_payload')
  assert.equal(await a.refused('new', { chatId: 'shape-b', message: '' }), 'invalid_payload')
  assert.equal(await a.refused('new', { chatId: 'shape-b', message: 'x'.repeat(4097) }), 'invalid_payload')
  const letters = '😀'.repeat(4096)
  assert.deepEqual(await a.get('new', { chatId: 'shape-b', message: letters }), { messageId: 1 })
})

const metas = {
  file: { extension: 'pdf', size: 2_048_000 },
  image: { mimetype: 'image/png', width: 800, height: 600, size: 350_000 },
  video: { mimetype: 'video/mp4', width: 1920, height: 1080, size: 5_000_000, duration: 120 },
}

for (const [type, meta] of Object.entries(metas)) {
  test(`a ${type} is described by its meta, which may be sent as "payload"`, async () => {
    const [a, b] = await pair(`files-${type}`)
    const attachment = { type, id: 'x1', filename: 'name', url: 'https://example.com/name' }
    const sent = [
      { ...attachment, meta, unknown: 1 },
      { ...attachment, payload: { ...meta, more: true } },
    ]
    await a.get('new', { chatId: `files-${type}-b`, attachments: sent })
    const shown = { ...attachment, meta }
    assert.deepEqual((await b.event()).payload.attachments, [shown, shown])
    const message = await b.get('getMessage', { chatId: `files-${type}-a`, messageId: 1 })
    assert.deepEqual(message.attachments, [shown, shown])
  })
}

test('attachments that are not as they must be are refused with a path', async () => {
  const good = { type: 'file', id: 'f', filename: 'f', url: 'https://example.com/f', meta: metas.file }
  const wrong: readonly [unknown, RegExp][] = [
    [[{ ...good, url: 'javascript:alert(1)' }], /payload\.attachments\[0\]\.url/],
    [[{ ...good, url: 'data:text/html,x' }], /payload\.attachments\[0\]\.url/],
    [[good, { ...good, url: '//example.com' }], /payload\.attachments\[1\]\.url/],
    [[{ ...good, type: 'audio' }], /payload\.attachments/],
    [[{ ...good, meta: { extension: 'pdf', size: -1 } }], /payload\.attachments\.0\.meta\.size/],
    [[{ ...good, meta: {} }], /payload\.attachments/],
    [Array(11).fill(good), /payload\.attachments/],
  ]
  for (const [attachments, path] of wrong) {
    const a = await MessengerClient.open(gateway, 'misfit')
    const { error } = await a.ask('new', { chatId: 'misfit-b', attachments })
    assert.equal(error?.code, 'invalid_payload')
    assert.match(error?.message ?? '', path)
    await a.socket.close()
  }
})

test('a page of messages ends at endId, oldest first', async () => {
  const [a, b] = await pair('page')
  for (let i = 1; i <= 7; i++) await a.get('new', { chatId: 'page-b', message: `m${i}` })
  const page = async (payload: object) =>
    (await b.get('getMessages', { chatId: 'page-a', ...payload })).map(
      (message: { messageId: number }) => message.messageId,
    )
  assert.deepEqual(await page({ count: 3 }), [5, 6, 7])
  assert.deepEqual(await page({ count: 3, endId: 4 }), [2, 3, 4])
  assert.deepEqual(await page({ count: 100, endId: 2 }), [1, 2])
  assert.deepEqual(await page({ count: 2, endId: 99 }), [6, 7])
  assert.deepEqual(await page({ count: 1, endId: Number.MAX_SAFE_INTEGER }), [7])
})

test('a dialog is with another user', async () => {
  const [a] = await pair('self')
  assert.equal(await a.refused('new', { chatId: 'self-a', message: 'x' }), 'invalid_request')
})
