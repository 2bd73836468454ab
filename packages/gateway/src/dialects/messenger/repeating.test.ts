import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestGateway } from '../../../test/harness.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'

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
