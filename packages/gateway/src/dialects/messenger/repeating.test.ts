import assert from 'node:assert/strict'
import { test } from 'node:test'
import { http, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { MessengerClient, type Response } from '../../../test/support/messenger-client.ts'

test('a request that is repeated after a restart acts once and has the first answer', async () => {
  const gateway = await startTestGateway()
  const before = await MessengerClient.open(gateway, 'User1')
  const wanted = { chatId: 'User2', message: 'only once' }
  const first = await before.ask('new', wanted, 'req001')
  const group = await before.ask('createGroup', { groupName: 'Friends', members: ['User2'] }, 'req002')
  await before.ask('edit', { chatId: 'User2', messageId: 1, message: 'edited' }, 'req003')
  await gateway.restart()

  const again = await MessengerClient.open(gateway, 'User1')
  for (let time = 0; time < 3; time++) {
    assert.deepEqual((await again.ask('new', wanted, 'req001')).payload, first.payload)
    const repeated = await again.ask('createGroup', { groupName: 'Friends', members: ['User2'] }, 'req002')
    assert.deepEqual(repeated.payload, group.payload)
    assert.equal(
      (await again.ask('edit', { chatId: 'User2', messageId: 1, message: 'edited' }, 'req003')).error,
      undefined,
    )
  }
  assert.equal((await again.get('getMessages', { chatId: 'User2', count: 10 })).length, 1)
  assert.equal((await again.get('getChats', {})).length, 2)
  const user2 = await MessengerClient.open(gateway, 'User2')
  assert.equal((await user2.get('subscribe', { lastEventId: 0 })).lastEventId, 2)
  await gateway.dispose()
})

/** What a request needs before it, what it asks, and what the other hears of it: the names of the events. */
const rows: readonly {
  readonly name: string
  readonly payload: (group: string) => object
  readonly heard: readonly string[]
}[] = [
  { name: 'new', payload: () => ({ chatId: 'User2', message: 'again?' }), heard: ['new'] },
  {
    name: 'edit',
    payload: (chatId) => ({ chatId, messageId: 1, message: 'better' }),
    heard: ['edit'],
  },
  { name: 'delete', payload: (chatId) => ({ chatId, messageId: 1 }), heard: ['delete'] },
  { name: 'dlvrd', payload: (chatId) => ({ chatId, messageId: 2 }), heard: ['dlvrd'] },
  { name: 'read', payload: (chatId) => ({ chatId, messageId: 2 }), heard: ['read'] },
  { name: 'createGroup', payload: () => ({ groupName: 'Others', members: ['User2'] }), heard: [] },
  { name: 'invite', payload: (chatId) => ({ chatId, userId: 'User3' }), heard: [] },
  { name: 'leave', payload: (chatId) => ({ chatId }), heard: [] },
]

test('whatever is asked, asking again after a restart changes nothing and has the first answer', async () => {
  const gateway = await startTestGateway()
  try {
    let other = await MessengerClient.open(gateway, 'User2')
    const asked: { group: string; epoch: string; head: number; first: Response; chats: string }[] = []
    const standing = async () => {
      const { lastEventId, epoch } = await other.get('subscribe', {})
      return { head: lastEventId as number, epoch: epoch as string }
    }
    const participants = async (group: string) => {
      const { payload, error } = await other.ask('getChat', { chatId: group })
      return JSON.stringify([payload?.participants.map(({ userId }: { userId: string }) => userId), error])
    }
    let user = await MessengerClient.open(gateway, 'User1')
    for (const [index, { name, payload, heard }] of rows.entries()) {
      const { chatId: group } = await user.get('createGroup', { groupName: `${index}`, members: ['User2'] })
      await user.get('new', { chatId: group, message: 'mine' })
      await other.get('new', { chatId: group, message: 'theirs' })
      const before = await standing()
      const first = await user.ask(name, payload(group), `the ${name}`)
      assert.equal(first.error, undefined, name)
      const { head } = await standing()
      assert.equal(head, before.head + heard.length, name)
      asked.push({ group, epoch: before.epoch, head: before.head, first, chats: await participants(group) })
    }
    const { head } = await standing()
    const count = (await user.get('getChats', {})).length
    await gateway.restart()

    user = await MessengerClient.open(gateway, 'User1')
    other = await MessengerClient.open(gateway, 'User2')
    for (const [index, { name, payload, heard }] of rows.entries()) {
      const { group, first, chats, head, epoch } = asked[index]!
      for (let time = 0; time < 2; time++) {
        const again = await user.ask(name, payload(group), `the ${name}`)
        assert.deepEqual([again.payload, again.error], [first.payload, undefined], name)
      }
      assert.equal(await participants(group), chats, name)
      const events = await other.get('getEvents', { fromEventId: head, epoch })
      const names = events.slice(0, heard.length).map(({ eventType }: { eventType: string }) => eventType)
      assert.deepEqual(names, heard, name)
    }
    assert.equal((await standing()).head, head, 'the other has heard nothing more')
    assert.equal((await user.get('getChats', {})).length, count)
  } finally {
    await gateway.dispose()
  }
})

test('whatever is asked has the first answer when it is asked again, also when it could not be done any more', async () => {
  const gateway = await startTestGateway()
  try {
    const admin = await MessengerClient.open(gateway, 'admin')
    const user = await MessengerClient.open(gateway, 'user')
    const { chatId } = await admin.get('createGroup', { groupName: 'g', members: ['user', 'other'] })
    const number = async (message: string) => (await user.get('new', { chatId, message })).messageId
    const asked: readonly [string, object][] = [
      ['new', { chatId, message: 'once' }],
      ['edit', { chatId, messageId: await number('edited'), message: 'better' }],
      ['delete', { chatId, messageId: await number('deleted') }],
      ['invite', { chatId, userId: 'third' }],
      ['createGroup', { groupName: 'h', members: ['other'] }],
    ]
    const answers = async () => {
      const all = []
      for (const [name, payload] of asked) all.push(await user.ask(name, payload, `the ${name}`))
      return all.map(({ payload, error }) => [payload, error])
    }
    const first = await answers()
    assert.deepEqual(
      first.map(([, error]) => error),
      asked.map(() => undefined),
    )
    for (const messageId of [1, 3]) await admin.get('delete', { chatId, messageId })
    assert.deepEqual(await answers(), first, 'the messages are deleted')
    const bearer = tokenFor('admin')
    await http(gateway, 'DELETE', `/api/rooms/${chatId}/participants/user`, { bearer })
    assert.deepEqual(await answers(), first, 'the user is no member any more')
  } finally {
    await gateway.dispose()
  }
})

test('an invitation that is repeated does not bring back who has been removed since', async () => {
  const gateway = await startTestGateway()
  try {
    const user = await MessengerClient.open(gateway, 'User1')
    const { chatId } = await user.get('createGroup', { groupName: 'g', members: [] })
    await user.ask('invite', { chatId, userId: 'User2' }, 'come')
    const invited = await MessengerClient.open(gateway, 'User2')
    await invited.get('leave', { chatId })
    assert.equal((await user.ask('invite', { chatId, userId: 'User2' }, 'come')).error, undefined)
    assert.equal((await user.get('getChat', { chatId })).participantCount, 1)
    await user.ask('invite', { chatId, userId: 'User2' }, 'come again')
    assert.equal((await user.get('getChat', { chatId })).participantCount, 2)
  } finally {
    await gateway.dispose()
  }
})

test('the same request over two connections at once acts once', async () => {
  const gateway = await startTestGateway()
  const devices = await Promise.all([1, 2, 3].map(() => MessengerClient.open(gateway, 'User1')))
  const answers = await Promise.all(
    devices.map((device) => device.ask('new', { chatId: 'User2', message: 'x' }, 'same')),
  )
  for (const { payload } of answers) assert.deepEqual(payload, { messageId: 1 })
  await gateway.dispose()
})

test('devices that count their requests alike are not mistaken for one another', async () => {
  const gateway = await startTestGateway()
  const [phone, laptop] = await Promise.all([1, 2].map(() => MessengerClient.open(gateway, 'User1')))
  assert.deepEqual((await phone!.ask('new', { chatId: 'User2', message: 'from the phone' }, '1')).payload, {
    messageId: 1,
  })
  assert.deepEqual((await laptop!.ask('new', { chatId: 'User2', message: 'from the laptop' }, '1')).payload, {
    messageId: 2,
  })
  await gateway.dispose()
})

test('another user’s request of the same id is another request', async () => {
  const gateway = await startTestGateway()
  const [one, two] = await Promise.all(['User1', 'User3'].map((user) => MessengerClient.open(gateway, user)))
  const group = await one!.get('createGroup', { groupName: 'g', members: ['User3'] })
  const wanted = { chatId: group.chatId, message: 'hi' }
  assert.deepEqual((await one!.ask('new', wanted, 'r')).payload, { messageId: 1 })
  assert.deepEqual((await two!.ask('new', wanted, 'r')).payload, { messageId: 2 })
  await gateway.dispose()
})

test('leaving twice by one request is answered alike', async () => {
  const gateway = await startTestGateway()
  const user = await MessengerClient.open(gateway, 'User1')
  const { chatId } = await user.get('createGroup', { groupName: 'g', members: ['User2'] })
  assert.equal((await user.ask('leave', { chatId }, 'bye')).error, undefined)
  assert.equal((await user.ask('leave', { chatId }, 'bye')).error, undefined)
  assert.equal((await user.ask('leave', { chatId }, 'another')).error?.code, 'forbidden')
  await gateway.dispose()
})
