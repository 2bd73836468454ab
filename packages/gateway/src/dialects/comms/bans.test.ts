import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { connectChannels, http, type Refused, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { CommsClient } from '../../../test/support/comms-client.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())

async function leader() {
  return CommsClient.join(gateway, 'root', { admin: true })
}

test('only an admin of the gateway may ban, and only someone who has been here', async () => {
  const [root, ann] = [await leader(), await CommsClient.join(gateway, 'ann')]
  ann.execute('SYSTEM_BAN_ADD', { user: 'root' }, 1)
  assert.deepEqual(await ann.error(), { c: 4006, d: false, s: 1 })
  await root.event('ROOM_USER_ADD')
  root.execute('SYSTEM_BAN_ADD', { user: 'nobody' }, 2)
  assert.deepEqual(await root.error(), { c: 1, d: false, s: 2 })
  for (const bot of ['nobody', 'ann']) {
    root.execute('SYSTEM_BAN_ADD', { bot }, 4)
    assert.deepEqual(await root.error(), { c: 4, d: false, s: 4 })
  }
  const beeper = await CommsClient.join(gateway, 'beeper', { bot: true })
  await root.event('ROOM_USER_ADD')
  root.execute('SYSTEM_BAN_ADD', { bot: 'beeper' })
  assert.deepEqual(await beeper.error(), { c: 5, d: true })
  await root.event('ROOM_USER_REMOVE')
  root.execute('SYSTEM_BAN_ADD', { user: {} }, 3)
  assert.deepEqual(await root.error(), { c: 4004, d: false, s: 3 })
  await Promise.all([root.socket.close(), ann.socket.close()])
})

test('who is banned from the gateway is out of every dialect at once, in its own words, and stays out after a restart', async () => {
  const root = await leader()
  const bearer = tokenFor('mallory')
  const mallory = await CommsClient.join(gateway, 'mallory')
  const listening = await connectChannels(gateway, 'market', { bearer })
  const room = await TestRoom.make(gateway)
  const participant = await room.join('Mallory', {}, { bearer })
  const inRoom = await room.connect(participant)
  const reading = await MessengerClient.subscribed(gateway, 'mallory')

  root.execute('SYSTEM_BAN_ADD', { user: 'mallory', reason: 'spam' })
  const error = await mallory.socket.until<{ f: number; cnf: { c: number; d: boolean } }>(
    ({ f }) => f === 150,
  )
  assert.deepEqual([error.cnf.c, error.cnf.d], [5, true])
  assert.equal((await mallory.socket.closed).code, 4005)
  const word = await listening.until<{ type: string; payload: { code: string } }>(
    ({ type }) => type === 'ERROR',
  )
  assert.equal(word.payload.code, 'BANNED')
  await listening.closed
  assert.equal((await inRoom.closed).code, 4001)
  assert.equal((await reading.response(null)).error?.code, 'forbidden')
  assert.equal((await reading.socket.closed).code, 4003)

  const refusedEverywhere = async () => {
    const again = await CommsClient.open(gateway)
    again.socket.send({ f: 110, cnf: { token: bearer } })
    assert.deepEqual(await again.error(), { c: 5, d: true })
    await assert.rejects(
      connectChannels(gateway, 'market', { bearer }),
      (error) => (error as Refused).status === 403,
    )
    assert.equal((await (await room.open(participant)).closed).code, 4403)
    await assert.rejects(
      MessengerClient.open(gateway, 'mallory'),
      (error) => (error as Refused).status === 403,
    )
    assert.equal((await http(gateway, 'POST', '/market/emit', { json: 1, bearer })).status, 403)
    assert.equal((await room.ask(participant, 'POST', '/messages', { json: { content: 'x' } })).status, 403)
  }
  await refusedEverywhere()
  await root.socket.close()
  await gateway.restart()
  await refusedEverywhere()
})

test('an id beyond 2^53 names the one user it is, as a number or a string', async () => {
  const root = await leader()
  const near = await CommsClient.join(gateway, '18446744073709551614')
  await root.event('ROOM_USER_ADD')
  for (const id of ['18446744073709551615', '18446744073709551613']) {
    const user = await CommsClient.join(gateway, id)
    await root.event('ROOM_USER_ADD')
    const written = id.endsWith('5') ? id : JSON.stringify(id)
    root.socket.send(`{"f":130,"t":"SYSTEM_BAN_ADD","cnf":{"user":${written}}}`)
    assert.deepEqual(await user.error(), { c: 5, d: true })
    assert.equal((await root.event('ROOM_USER_REMOVE')).user.id, id)
  }
  near.socket.send({ f: 120 })
  await near.socket.until<{ f: number }>(({ f }) => f === 120)
  await Promise.all([near.socket.close(), root.socket.close()])
})
