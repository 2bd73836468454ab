import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { connectRooms, http, Refused, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())

const room = await TestRoom.make(gateway)
const ada = await room.join('Ada')

async function refused(query: Record<string, string>) {
  const client = await connectRooms(gateway, query)
  const closing = await client.closed
  assert.equal(client.pending, 0, 'nothing is said before the close')
  return closing
}

test('hello comes first, with the interval of heartbeats', async () => {
  const client = await room.open(ada)
  assert.equal(await client.nextText(), '{"e":0,"d":{"heartbeatInterval":45000}}')
  await client.close()
})

test('who connects is let in and told why it cannot stay', async () => {
  const both = { roomId: room.id, participantId: ada.participantId }
  const cases: [Record<string, string>, number, RegExp][] = [
    [{}, 4400, /"roomId" is missing/],
    [{ participantId: 'x' }, 4400, /"roomId" is missing/],
    [{ roomId: room.id }, 4400, /"participantId" is missing/],
    [{ roomId: room.id, participantId: '' }, 4400, /"participantId" is missing/],
    [{ ...both, since: '-1', epoch: 'e' }, 4400, /"since" must be a whole number/],
    [{ ...both, since: '1.5', epoch: 'e' }, 4400, /"since" must be a whole number/],
    [{ ...both, since: 'x', epoch: 'e' }, 4400, /"since" must be a whole number/],
    [{ ...both, since: '9007199254740992', epoch: 'e' }, 4400, /"since" must be a whole number/],
    [{ ...both, since: '1' }, 4400, /"epoch"/],
    [{ ...both, resume: '2' }, 4400, /"resume"/],
    [{ ...both, participantId: 'nobody' }, 4401, /No participant/],
    [{ ...both, participantId: ada.userId }, 4401, /No participant/],
    [{ ...both, participantId: '__proto__' }, 4401, /No participant/],
    [{ ...both, participantId: 'a.b.c' }, 4401, /token/],
    [{ ...both, participantId: tokenFor('stranger') }, 4401, /join it first/],
    [{ ...both, roomId: 'nowhere' }, 4404, /no such room/],
    [{ ...both, roomId: '__proto__' }, 4404, /no such room/],
    [{ roomId: 'nowhere', participantId: tokenFor('ada') }, 4404, /no such room/],
  ]
  for (const [query, code, reason] of cases) {
    const closing = await refused(query)
    assert.equal(closing.code, code, JSON.stringify(query))
    assert.match(closing.reason, reason)
  }
})

test('a credential opens its own room only', async () => {
  const other = await TestRoom.make(gateway)
  const closing = await refused({ roomId: other.id, participantId: ada.participantId })
  assert.equal(closing.code, 4401)
})

test('the banned are refused with 4403', async () => {
  const bob = await room.join('Bob')
  await room.changeParticipant(bob, { banned: true })
  const closing = await refused({ roomId: room.id, participantId: bob.participantId })
  assert.deepEqual(closing, { code: 4403, reason: 'You are banned from this room.' })
  await room.changeParticipant(bob, { banned: false })
  await (await room.connect(bob)).close()
})

test('a token of somebody who has joined is a credential', async () => {
  const token = tokenFor('carol')
  const carol = await room.join('Carol', {}, { bearer: token })
  assert.equal(carol.userId, 'carol')
  const client = await room.connect({ ...carol, participantId: token })
  await room.post(carol, 'mine')
  assert.deepEqual((await client.next<{ d: { authorId: string } }>()).d.authorId, 'carol')
  await client.close()
})

test('a page of another origin is refused before the upgrade', async () => {
  const query = { roomId: room.id, participantId: ada.participantId }
  for (const origin of ['https://evil.example', 'null', `${gateway.url}.evil.example`]) {
    await assert.rejects(
      connectRooms(gateway, query, { headers: { origin } }),
      (error) => error instanceof Refused && error.status === 403,
    )
  }
  await (await connectRooms(gateway, query, { headers: { origin: gateway.url } })).close()
})

test('a connection ends with its token', async () => {
  const clock = new ManualClock(Date.now())
  const gateway = await startTestGateway({}, { clock })
  try {
    const token = tokenFor('ada', { ttl: 20 })
    const room = await TestRoom.make(gateway, {}, token)
    const client = await room.connect({ userId: 'ada', participantId: token })
    clock.advance(18_000)
    client.send({ e: 2, d: {} })
    await client.expect({ e: 1, d: {} })
    clock.advance(2_500)
    const { code, reason } = await client.closed
    assert.equal(code, 4401)
    assert.match(reason, /expired/)
    assert.equal((await http(gateway, 'GET', `/api/rooms/${room.id}`, { bearer: token })).status, 401)
  } finally {
    await gateway.dispose()
  }
})

test('a gateway that stops closes with 1012', async () => {
  const gateway = await startTestGateway()
  const room = await TestRoom.make(gateway)
  const client = await room.connect(room.admin)
  await gateway.dispose()
  const { code, reason } = await client.closed
  assert.equal(code, 1012)
  assert.match(reason, /going down/)
})
