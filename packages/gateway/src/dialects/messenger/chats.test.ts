import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { http, startTestGateway, type TestGateway, tokenFor } from '../../../test/harness.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

const open = (user: string) => MessengerClient.open(gateway, user)

test('chats are listed with those last written in first, and what is new in them', async () => {
  const me = await open('list-me')
  const bob = await MessengerClient.open(gateway, 'list-bob', {
    headers: { authorization: `Bearer ${tokenFor('list-bob', { name: 'Bob' })}` },
  })
  await bob.get('new', { chatId: 'list-me', message: 'one' })
  await me.get('new', { chatId: 'list-bob', message: 'two' })
  await bob.get('new', { chatId: 'list-me', message: 'three' })
  const { chatId } = await me.get('createGroup', { groupName: 'Team', members: ['list-bob'] })
  await me.get('new', { chatId, message: 'hello' })
  const [group, dialog, ...more] = await me.get('getChats', {})
  assert.equal(more.length, 0)
  const { lastMessageTime: _, ...groupRest } = group
  assert.deepEqual(groupRest, {
    chatId,
    type: 'group',
    name: 'Team',
    lastMessageId: 1,
    lastMessageText: 'hello',
    lastMessageAuthor: 'list-me',
    missed: 0,
    participantCount: 2,
  })
  const { lastMessageTime: __, ...dialogRest } = dialog
  assert.deepEqual(dialogRest, {
    chatId: 'list-bob',
    type: 'dialog',
    name: 'Bob',
    lastMessageId: 3,
    lastMessageText: 'three',
    lastMessageAuthor: 'list-bob',
    missed: 2,
    online: false,
  })
  await me.get('read', { chatId: 'list-bob', messageId: 3 })
  assert.equal((await me.get('getChat', { chatId: 'list-bob' })).missed, 0)
})

test('the list of chats is read in pages', async () => {
  const me = await open('pages-me')
  for (let i = 1; i <= 5; i++) await me.get('new', { chatId: `pages-${i}`, message: 'x' })
  const ids = async (payload: object) =>
    (await me.get('getChats', payload)).map(({ chatId }: { chatId: string }) => chatId).sort()
  const first = await me.get('getChats', { count: 3 })
  const rest = await ids({ count: 3, afterChatId: first[2].chatId })
  assert.equal(rest.length, 2)
  assert.deepEqual([...first.map(({ chatId }: { chatId: string }) => chatId), ...rest].sort(), await ids({}))
})

test('a group shows its participants, lets members invite, and can be left', async () => {
  const [one, two, three] = await Promise.all(['grp-1', 'grp-2', 'grp-3'].map(open))
  const { chatId } = await one!.get('createGroup', { groupName: 'G', members: ['grp-2', 'grp-1', 'grp-2'] })
  const who = async () =>
    (await one!.get('getChat', { chatId })).participants.map((user: { userId: string; admin: boolean }) => [
      user.userId,
      user.admin,
    ])
  assert.deepEqual(await who(), [
    ['grp-1', true],
    ['grp-2', false],
  ])
  assert.equal(await three!.refused('new', { chatId, message: 'x' }), 'forbidden')
  assert.equal(await three!.refused('invite', { chatId, userId: 'grp-3' }), 'forbidden')
  await two!.get('invite', { chatId, userId: 'grp-3' })
  assert.deepEqual(await three!.get('new', { chatId, message: 'hi' }), { messageId: 1 })
  await two!.get('leave', { chatId })
  assert.equal(await two!.refused('getChat', { chatId }), 'forbidden')
  assert.deepEqual(await who(), [
    ['grp-1', true],
    ['grp-3', false],
  ])
})

test('an admin of a group may delete what others wrote, and not edit it; who is banned from it has no part in it', async () => {
  const [admin, author] = await Promise.all(['adm-1', 'adm-2'].map(open))
  const reader = await MessengerClient.subscribed(gateway, 'adm-3')
  const { chatId } = await admin!.get('createGroup', { groupName: 'G', members: ['adm-2', 'adm-3'] })
  await author!.get('new', { chatId, message: 'one' })
  await author!.get('new', { chatId, message: 'two' })
  assert.equal(await admin!.refused('edit', { chatId, messageId: 1, message: 'x' }), 'forbidden')
  assert.equal(await reader.refused('delete', { chatId, messageId: 1 }), 'forbidden')
  await admin!.get('delete', { chatId, messageId: 1 })
  const heard = [await reader.event(), await reader.event(), await reader.event()]
  assert.deepEqual(heard[2]!.payload, { chatId, messageId: 1 })
  assert.equal(heard[2]!.eventType, 'delete')

  const path = `/api/rooms/${chatId}/participants/adm-2`
  const banned = await http(gateway, 'PATCH', path, { bearer: tokenFor('adm-1'), json: { banned: true } })
  assert.equal(banned.status, 200)
  for (const [name, payload] of [
    ['new', { chatId, message: 'x' }],
    ['edit', { chatId, messageId: 2, message: 'x' }],
    ['delete', { chatId, messageId: 2 }],
    ['read', { chatId, messageId: 2 }],
    ['getMessages', { chatId, count: 1 }],
    ['getMessage', { chatId, messageId: 2 }],
    ['getChat', { chatId }],
    ['leave', { chatId }],
  ] as const) {
    assert.equal(await author!.refused(name, payload), 'forbidden', name)
  }
  assert.deepEqual(await author!.get('getChats', {}), [])
  assert.equal(await admin!.refused('invite', { chatId, userId: 'adm-2' }), 'forbidden')
})

test('a dialog can neither be left nor joined by a third', async () => {
  const [a, b, c] = await Promise.all(['dlg-a', 'dlg-b', 'dlg-c'].map(open))
  await a!.get('new', { chatId: 'dlg-b', message: 'private' })
  assert.equal(await b!.refused('leave', { chatId: 'dlg-a' }), 'forbidden')
  assert.equal(await a!.refused('invite', { chatId: 'dlg-b', userId: 'dlg-c' }), 'forbidden')
  const { createHash } = await import('node:crypto')
  const room = `dialog:${createHash('sha256').update('["dlg-a","dlg-b"]').digest('base64url')}`
  const path = `/api/rooms/${encodeURIComponent(room)}`
  const joining = await http(gateway, 'POST', `${path}/participants`, {
    bearer: tokenFor('dlg-c'),
    json: { name: 'third' },
  })
  assert.equal(joining.status, 403)
  assert.equal(await c!.refused('getMessages', { chatId: room, count: 1 }), 'forbidden')
  const [message] = await b!.get('getMessages', { chatId: room, count: 1 })
  assert.equal(message.message, 'private')
})

test('nobody can make a public room where a dialog will be', async () => {
  const { createHash } = await import('node:crypto')
  const room = `dialog:${createHash('sha256').update('["trap-a","trap-b"]').digest('base64url')}`
  const emitted = await http(gateway, 'POST', `/${encodeURIComponent(room)}/emit`, { json: { content: 'x' } })
  assert.ok(emitted.status >= 400)
  const a = await open('trap-a')
  assert.deepEqual(await a.get('new', { chatId: 'trap-b', message: 'x' }), { messageId: 1 })
})

test('a public room named like a known user does not catch what is written to the user', async () => {
  const [a, b] = await Promise.all(['named-a', 'named-b'].map(open))
  await http(gateway, 'POST', '/named-b/emit', { json: { content: 'a room of that name' } })
  assert.deepEqual(await a!.get('new', { chatId: 'named-b', message: 'for you' }), { messageId: 1 })
  const [message] = await b!.get('getMessages', { chatId: 'named-a', count: 1 })
  assert.equal(message.message, 'for you')
})

test('with open dialogs off, or in production with a user who was never here, strangers cannot be written to', async () => {
  const closed = await startTestGateway({ messenger: { openDialogs: false } })
  const [a, b] = [await MessengerClient.open(closed, 'a'), await MessengerClient.open(closed, 'b')]
  assert.equal(await a.refused('new', { chatId: 'b', message: 'x' }), 'unknown_user')
  assert.equal(await b.refused('createGroup', { groupName: 'g', members: ['a'] }), 'unknown_user')
  await closed.dispose()

  const production = await startTestGateway({ mode: 'production' })
  const c = await MessengerClient.open(production, 'c')
  assert.equal(await c.refused('new', { chatId: 'd', message: 'x' }), 'unknown_user')
  await (await MessengerClient.open(production, 'd')).socket.close()
  assert.deepEqual(await c.get('new', { chatId: 'd', message: 'x' }), { messageId: 1 })
  await production.dispose()
})
