import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { connectChannels, http, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { CommsClient } from '../../../test/support/comms-client.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

const gateway = await startTestGateway({ comms: { defaultChannel: 'hall' } })
after(() => gateway.dispose())

const users = (cnf: { users: { id: unknown }[] }) => cnf.users.map(({ id }) => id)

test('CHANNEL_MOVE: the old channel and the new one are told, the mover gets the channel and who is there', async () => {
  const passing = await startTestGateway()
  after(() => passing.dispose())
  const ann = await CommsClient.join(passing, 'ann')
  const bo = await CommsClient.join(passing, 'bo')
  assert.equal((await ann.event('ROOM_USER_ADD')).user.id, 'bo')
  const cy = await CommsClient.join(passing, 'cy')
  await ann.event('ROOM_USER_ADD')
  await bo.event('ROOM_USER_ADD')
  cy.execute('CHANNEL_ADD', { name: 'den', description: 'a den' })
  const { channel } = await ann.event('CHANNEL_ADD')
  assert.deepEqual(channel, { id: 'den', name: 'den', description: 'a den', visibility: true, creator: 'cy' })
  await bo.event('CHANNEL_ADD')
  await cy.event('CHANNEL_ADD')

  bo.execute('CHANNEL_MOVE', { channel: 'den' })
  assert.equal((await ann.event('ROOM_USER_REMOVE')).user.id, 'bo')
  assert.deepEqual(users(await bo.event('CHANNEL_MOVE')), [])
  cy.execute('CHANNEL_MOVE', { channel: 'den' })
  await cy.event('ROOM_USER_REMOVE')
  assert.deepEqual(users(await cy.event('CHANNEL_MOVE')), ['bo'])
  assert.equal((await bo.event('ROOM_USER_ADD')).user.id, 'cy')
})

test('a channel with visibility false is for its creator and members only', async () => {
  const passing = await startTestGateway()
  after(() => passing.dispose())
  const ann = await CommsClient.join(passing, 'ann')
  const bo = await CommsClient.join(passing, 'bo')
  await ann.event('ROOM_USER_ADD')
  ann.execute('CHANNEL_ADD', { name: 'secret', visibility: false })
  const { channel } = await ann.event('CHANNEL_ADD')
  assert.equal(channel.visibility, false)
  bo.execute('CHANNEL_MOVE', { channel: channel.id }, 4)
  assert.deepEqual(await bo.error(), { c: 4006, d: false, s: 4 })
  ann.execute('CHANNEL_MOVE', { channel: channel.id })
  await ann.event('CHANNEL_MOVE')
})

test('who becomes a member of a channel later is told of it then, once, and may enter', async () => {
  const passing = await startTestGateway()
  after(() => passing.dispose())
  const [ann, bo] = [await CommsClient.join(passing, 'ann'), await CommsClient.join(passing, 'bo')]
  await ann.event('ROOM_USER_ADD')
  const bearer = tokenFor('bo')
  const messenger = await MessengerClient.open(passing, 'cy')

  const first = (await messenger.get('createGroup', { groupName: 'first', members: ['bo'] })).chatId
  assert.equal((await bo.event('CHANNEL_ADD')).channel.id, first)
  const second = (await messenger.get('createGroup', { groupName: 'second', members: [] })).chatId
  await messenger.get('invite', { chatId: second, userId: 'bo' })
  await messenger.get('invite', { chatId: second, userId: 'bo' })
  assert.equal((await bo.event('CHANNEL_ADD')).channel.id, second)
  ann.execute('CHANNEL_ADD', { name: 'third', visibility: false })
  const third = (await ann.event('CHANNEL_ADD')).channel.id
  for (let time = 0; time < 2; time++) {
    const path = `/api/rooms/${encodeURIComponent(third)}/participants`
    assert.equal((await http(passing, 'POST', path, { bearer, json: { name: 'Bo' } })).status, 201)
  }
  assert.equal((await bo.event('CHANNEL_ADD')).channel.id, third)
  bo.execute('CHANNEL_MOVE', { channel: third })
  assert.equal((await bo.event('CHANNEL_MOVE')).channel.name, 'third')
})

test('an unknown channel is error 3, and the client stays where it is', async () => {
  const ann = await CommsClient.join(gateway, 'ann')
  ann.execute('CHANNEL_MOVE', { channel: 'nowhere' }, 3)
  assert.deepEqual(await ann.error(), { c: 3, d: false, s: 3 })
  ann.execute('MESSAGE_CREATE', { content: 'still here' })
  await ann.event('MESSAGE_CREATE')
  await ann.socket.close()
})

test('a taken name is error 4004', async () => {
  const ann = await CommsClient.join(gateway, 'ann')
  ann.execute('CHANNEL_ADD', { name: 'hall' }, 1)
  assert.deepEqual(await ann.error(), { c: 4004, d: false, s: 1 })
  ann.execute('CHANNEL_ADD', { name: 'messenger' }, 2)
  assert.deepEqual(await ann.error(), { c: 4004, d: false, s: 2 })
  await ann.socket.close()
})

test('ROOM_USER_REMOVE leaves the channel, ROOM_USER_ADD enters one; in none there is nothing to write to', async () => {
  const ann = await CommsClient.join(gateway, 'ann')
  ann.execute('ROOM_USER_REMOVE')
  ann.execute('MESSAGE_CREATE', { content: 'to whom?' }, 1)
  assert.deepEqual(await ann.error(), { c: 3, d: false, s: 1 })
  ann.execute('ROOM_USER_ADD', { channel: 'hall' })
  await ann.event('CHANNEL_MOVE')
  ann.execute('ROOM_USER_REMOVE', { channel: 'elsewhere' }, 2)
  assert.deepEqual(await ann.error(), { c: 3, d: false, s: 2 })
  await ann.socket.close()
})

test('who is kicked or banned from a channel is told, moved to the default one, and hears nothing more of it', async () => {
  const room = await TestRoom.make(gateway, { name: 'Club' })
  for (const [ending, end] of [
    ['kicked', (who: { userId: string; participantId: string }) => room.kick(who)],
    [
      'banned',
      (who: { userId: string; participantId: string }) => room.changeParticipant(who, { banned: true }),
    ],
  ] as const) {
    const ann = await room.join('Ann', {}, { bearer: tokenFor('ann') })
    const client = await CommsClient.join(gateway, 'ann')
    client.execute('CHANNEL_MOVE', { channel: room.id })
    await client.event('CHANNEL_MOVE')
    await end(ann)
    assert.deepEqual(await client.event('SERVER_MESSAGE'), { content: `You were ${ending} from Club.` })
    assert.equal((await client.event('CHANNEL_MOVE')).channel.id, 'hall')
    client.execute('CHANNEL_MOVE', { channel: room.id })
    assert.deepEqual(await client.error(), { c: 4006, d: false })
    await client.socket.close()
  }
})

test('a room that closes is a SERVER_MESSAGE, then the default channel', async () => {
  const room = await TestRoom.make(gateway, { name: 'Club' })
  await room.join('Ann', {}, { bearer: tokenFor('ann') })
  const client = await CommsClient.join(gateway, 'ann')
  client.execute('CHANNEL_MOVE', { channel: room.id })
  await client.event('CHANNEL_MOVE')
  assert.equal((await room.ask(room.admin, 'DELETE')).status, 204)
  assert.deepEqual(await client.event('SERVER_MESSAGE'), { content: 'Club was closed.' })
  assert.equal((await client.event('CHANNEL_MOVE')).channel.id, 'hall')
  await client.socket.close()
})

test('who has moved on by the time a channel closes stays where they are', async () => {
  const client = await CommsClient.join(gateway, 'ann')
  for (const name of ['first', 'second']) {
    client.execute('CHANNEL_ADD', { name })
    await client.event('CHANNEL_ADD')
  }
  client.execute('CHANNEL_MOVE', { channel: 'first' })
  await client.event('CHANNEL_MOVE')
  for (let i = 0; i < 20; i++) client.execute('MESSAGE_CREATE', { content: 'so that the move has to wait' })
  client.execute('CHANNEL_MOVE', { channel: 'second' })
  await http(gateway, 'DELETE', '/api/rooms/first', { bearer: tokenFor('root', { admin: true }) })
  client.execute('MESSAGE_CREATE', { content: 'here' })
  const moves: string[] = []
  for (let content: unknown; content !== 'here'; ) {
    const { t, cnf } = await client.next()
    if (t === 'CHANNEL_MOVE') moves.push(cnf.channel.id)
    content = cnf.content
  }
  assert.deepEqual(moves, ['second'])
  await client.socket.close()
})

test('CHANNEL_MOVE to where one is tells who is there; nobody sees anyone go or come', async () => {
  const [ann, bo] = [await CommsClient.join(gateway, 'ann'), await CommsClient.join(gateway, 'bo')]
  await ann.event('ROOM_USER_ADD')
  bo.execute('CHANNEL_MOVE', { channel: 'hall' })
  const move = await bo.event('CHANNEL_MOVE')
  assert.deepEqual([move.channel.id, users(move)], ['hall', ['ann']])
  bo.execute('MESSAGE_CREATE', { content: 'still here' })
  for (const client of [ann, bo]) assert.equal((await client.event('MESSAGE_CREATE')).content, 'still here')
  await Promise.all([ann.socket.close(), bo.socket.close()])
})

test('when the default channel itself closes, it is made anew', async () => {
  const passing = await startTestGateway()
  after(() => passing.dispose())
  const ann = await CommsClient.join(passing, 'ann')
  await http(passing, 'DELETE', '/api/rooms/lobby', { bearer: tokenFor('root', { admin: true }) })
  assert.deepEqual(await ann.event('SERVER_MESSAGE'), { content: 'lobby was closed.' })
  assert.equal((await ann.event('CHANNEL_MOVE')).channel.id, 'lobby')
  ann.execute('MESSAGE_CREATE', { content: 'anyone?' })
  assert.equal((await ann.next()).s, 1)
})

test('people of other protocols come and go as users', async () => {
  const ann = await CommsClient.join(gateway, 'ann')
  const guest = await connectChannels(gateway, 'hall')
  const { clientID } = await guest.next<{ clientID: string }>()
  assert.equal((await ann.event('ROOM_USER_ADD')).user.id, clientID)
  await guest.close()
  assert.equal((await ann.event('ROOM_USER_REMOVE')).user.id, clientID)
  await ann.socket.close()
})
