import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { connectChannels, connectRooms, http, socketUrl, tokenFor } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { ServiceClient } from '../support/service-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { TestRoom } from '../support/test-room.ts'
import { Victim } from './support/victim.ts'

const victim = await Victim.start({ after }, { servicesSecret })
const { gateway } = victim

/** Connections that were ended for a guess. */
let ended = 0
victim.withstandsAll({ lines: () => ended })

/** How many bits someone has to guess, if each character is one of 64. */
const bits = (secret: string) => secret.length * 6

/** What is nearly a secret. */
const near = (secret: string) => [
  '',
  secret.slice(0, -1),
  `${secret}A`,
  secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A'),
  (secret.startsWith('A') ? 'B' : 'A') + secret.slice(1),
  secret === secret.toLowerCase() ? secret.toUpperCase() : secret.toLowerCase(),
  secret.split('').reverse().join(''),
]

type Greeting = { payload: { resumeToken: string; resumed?: boolean; members: unknown[] }; clientID: string }

describe('the credential of a participant', () => {
  it('is random, another for each, and shown to nobody else', async () => {
    const room = await TestRoom.make(gateway)
    const ada = await room.join('Ada')
    const bob = await room.join('Bob')
    assert.ok(bits(ada.participantId) >= 128)
    assert.notEqual(ada.participantId, bob.participantId)
    for (const path of ['', '/events', '/messages']) {
      const { text } = await room.ask(bob, 'GET', path)
      assert.ok(!text.includes(ada.participantId), path)
    }
  })

  it('is what opens the room: neither what is nearly it, nor the id others see, nor that of another room', async () => {
    const room = await TestRoom.make(gateway)
    const other = await TestRoom.make(gateway)
    const ada = await room.join('Ada')
    const guesses = [...near(ada.participantId), ada.userId, other.admin.participantId, room.id]
    for (const guess of guesses.filter((one) => one !== '')) {
      const client = await connectRooms(gateway, { roomId: room.id, participantId: guess })
      assert.equal((await client.closed).code, 4401, guess)
      ended += 1
      const posted = await http(gateway, 'POST', `/api/rooms/${room.id}/messages`, {
        bearer: guess,
        json: { content: 'x' },
      })
      assert.equal(posted.status, 401, guess)
    }
  })

  it('ends with a kick, a ban and the room', async () => {
    const room = await TestRoom.make(gateway)
    const [ada, bob] = [await room.join('Ada'), await room.join('Bob')]
    await room.ask(room.admin, 'DELETE', `/participants/${ada.userId}`)
    assert.equal((await room.ask(ada, 'GET', '/messages')).status, 401)
    await room.ask(room.admin, 'PATCH', `/participants/${bob.userId}`, { json: { banned: true } })
    assert.equal((await room.ask(bob, 'GET', '/messages')).status, 403)
    await room.ask(room.admin, 'DELETE', '')
    assert.equal((await room.ask(room.admin, 'GET', '')).status, 404)
  })
})

describe('a session of channels', () => {
  it('is resumed with its whole token and by its own user only', async () => {
    const listener = await connectChannels(gateway, 'resumed', { bearer: tokenFor('ann') })
    const { resumeToken } = (await listener.next<Greeting>()).payload
    const [id = '', secret = ''] = resumeToken.split('.')
    assert.ok(bits(secret) >= 128)
    const resume = async (token: string, user: string | null) => {
      const options = user === null ? {} : { bearer: tokenFor(user) }
      const client = await connectChannels(gateway, 'resumed', { query: { resumeToken: token }, ...options })
      const { payload } = await client.next<Greeting>()
      await client.terminate()
      return payload.resumed
    }
    for (const connected of [true, false]) {
      if (!connected) await listener.terminate()
      for (const guess of near(secret)) assert.equal(await resume(`${id}.${guess}`, 'ann'), false, guess)
      assert.equal(await resume(resumeToken, 'mallory'), false)
      if (!connected) continue
      await http(gateway, 'POST', '/resumed/emit', { json: 'still here' })
      await listener.until(({ payload }: { payload: unknown }) => payload === 'still here')
    }
    assert.equal(await resume(id, 'ann'), false)
    assert.equal(await resume(resumeToken, null), false)
    assert.equal(await resume(resumeToken, 'ann'), true, 'nobody has spoilt it')
  })
})

describe('a session of comms', () => {
  it('is a number that opens nothing without a token of its user', async () => {
    const ann = await CommsClient.join(gateway, 'ann')
    const sessionId = ann.ready?.session_id
    for (const connected of [true, false]) {
      if (!connected) await ann.socket.terminate()
      const mallory = await CommsClient.open(gateway)
      const ready = await mallory.present({ token: tokenFor('mallory'), session_id: sessionId, s: 0 })
      assert.deepEqual([ready.f, ready.cnf.resumed], [140, false])
      assert.notEqual(ready.cnf.session_id, sessionId)
      await mallory.socket.close()
      if (!connected) continue
      ann.socket.send({ f: 120 })
      await ann.socket.until(({ f }: { f: number }) => f === 120)
    }
  })
})

describe('a session of services', () => {
  it('opens nothing without the secret, and its owner stays', async () => {
    const owner = await ServiceClient.open(socketUrl(gateway, '/ws/v1'))
    const { session } = await owner.identify({ type: 'panel', compress: false, secret: servicesSecret })
    const guesser = await ServiceClient.open(socketUrl(gateway, '/ws/v1'))
    guesser.send({ op: 0, d: { type: 'panel', compress: false, secret: 'guess', session } })
    assert.equal((await guesser.closed).code, 4001)
    ended += 1
    await owner.settled()
    await owner.close()
  })
})

describe('a service', () => {
  it('proves itself with the whole secret, over the socket and over HTTP', async () => {
    for (const guess of near(servicesSecret)) {
      const client = await ServiceClient.open(socketUrl(gateway, '/ws/v1'))
      client.send({ op: 0, d: { type: 'sharder', compress: false, secret: guess } })
      assert.equal((await client.closed).code, 4001, guess)
      ended += 1
      const asked = await http(gateway, 'GET', '/v1/services', { headers: { authorization: guess } })
      assert.equal(asked.status, 403, guess)
    }
  })
})

describe('an idempotency key', () => {
  it('is its sender’s own: another who guesses it learns nothing', async () => {
    const emit = (user: string) =>
      http(gateway, 'POST', '/keys/emit', {
        bearer: tokenFor(user),
        json: user,
        headers: { 'idempotency-key': 'guessable' },
      })
    const [ann, mallory, again] = [await emit('ann'), await emit('mallory'), await emit('ann')]
    assert.notEqual(ann.body.eventID, mallory.body.eventID)
    assert.equal(again.body.eventID, ann.body.eventID)
  })

  it('of someone without a token stands for one request from one address: nobody’s is taken for another’s', async (t) => {
    const own = (await Victim.start(t, { trustedHops: 1 })).gateway
    const emit = async (json: unknown, address = '203.0.113.1', query = '') => {
      const headers = { 'idempotency-key': '1', 'x-forwarded-for': address }
      const { status, body } = await http(own, 'POST', `/strangers/emit${query}`, { json, headers })
      assert.equal(status, 200)
      return body.eventID as string
    }
    const listener = await connectChannels(own, 'strangers')
    await listener.next()
    const emits = [
      () => emit('a'),
      () => emit('b'),
      () => emit('a', '203.0.113.2'),
      () => emit('a', '203.0.113.1', '?clients=1'),
    ]
    const first: string[] = []
    for (const one of emits) first.push(await one())
    assert.equal(new Set(first).size, 4)
    for (const expected of first) {
      const { eventID } = await listener.until<{ type: string; eventID: string }>(
        ({ type }) => type === 'DATA',
      )
      assert.equal(eventID, expected)
    }
    for (const [index, one] of emits.entries()) assert.equal(await one(), first[index])
    await own.restart()
    // Of the last one the target is gone.
    for (const [index, one] of emits.slice(0, -1).entries()) assert.equal(await one(), first[index])
  })
})
