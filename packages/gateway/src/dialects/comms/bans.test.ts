import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { connectChannels, http, type Refused, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { CommsClient } from '../../../test/support/comms-client.ts'
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

  const refusedEverywhere = async () => {
    const again = await CommsClient.open(gateway)
    again.socket.send({ f: 110, cnf: { token: bearer } })
    assert.deepEqual(await again.error(), { c: 5, d: true })
    await assert.rejects(
      connectChannels(gateway, 'market', { bearer }),
      (error) => (error as Refused).status === 403,
    )
    assert.equal((await (await room.open(participant)).closed).code, 4403)
    assert.equal((await http(gateway, 'POST', '/market/emit', { json: 1, bearer })).status, 403)
    assert.equal((await room.ask(participant, 'POST', '/messages', { json: { content: 'x' } })).status, 403)
  }
  await refusedEverywhere()
  await root.socket.close()
  await gateway.restart()
  await refusedEverywhere()
})
