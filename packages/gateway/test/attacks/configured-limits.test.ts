import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { http, SocketClient, socketUrl } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { TestRoom } from '../support/test-room.ts'
import { clientFrame, handshake, RawClient } from '../support/transport-scene.ts'
import { nextFrame } from './support/echo.ts'
import { Victim } from './support/victim.ts'

/** Limits of which nothing else shows that it is the configuration that sets them, and that what describes the interfaces says so. */

describe('rooms.maxName', () => {
  it('is how long a name may be wherever one is given, and what the documents say', async (t) => {
    const { gateway } = await Victim.start(t, { rooms: { maxName: 7 } })
    const [fits, tooLong] = ['ü'.repeat(7), 'ü'.repeat(8)]
    const emit = async (name: string) =>
      (await http(gateway, 'POST', `/${encodeURIComponent(name)}/emit`, { json: 1 })).status
    assert.deepEqual([await emit(fits), await emit(tooLong)], [200, 400])
    const history = await http(gateway, 'GET', `/${encodeURIComponent(tooLong)}/history`)
    assert.match(history.body.error, /1 to 7 characters/)
    await assert.rejects(
      SocketClient.open(socketUrl(gateway, `/${encodeURIComponent(tooLong)}/listen`)),
      /400/,
    )

    const comms = await CommsClient.join(gateway, 'ann')
    comms.execute('CHANNEL_ADD', { name: tooLong })
    assert.match((await comms.next()).cnf.m, /1 to 7 characters/)
    comms.execute('CHANNEL_ADD', { name: 'fitting' })
    await comms.event('CHANNEL_ADD')
    await comms.socket.close()

    const messenger = await MessengerClient.open(gateway, 'ann')
    const group = (groupName: string) => messenger.refused('createGroup', { groupName, members: [] })
    assert.deepEqual([await group(fits), await group(tooLong)], [undefined, 'invalid_payload'])
    await messenger.socket.close()

    const documented = async (title: string) =>
      JSON.stringify((await http(gateway, 'GET', `/api/asyncapi/${title}.json`)).body)
    assert.match(await documented('channels'), /1 to 7 characters/)
    for (const title of ['comms', 'messenger']) assert.match(await documented(title), /"maxLength":7\b/)
  })
})

describe('limits.idempotencyKey', () => {
  it('is how long a key may be, and what the document says', async (t) => {
    const { gateway } = await Victim.start(t, { limits: { idempotencyKey: 5 } })
    const room = await TestRoom.make(gateway)
    const statuses = async (key: string) => {
      const headers = { 'idempotency-key': key }
      const emitted = await http(gateway, 'POST', '/lobby/emit', { json: 1, headers })
      const json = { content: 'hello' }
      const written = await room.ask(room.admin, 'POST', '/messages', { json, headers })
      return [emitted.status, written.status]
    }
    assert.deepEqual(await statuses('12345'), [200, 201])
    assert.deepEqual(await statuses('123456'), [400, 400])
    const document = await http(gateway, 'GET', '/api/openapi.json')
    assert.equal(document.text.match(/At most 5 characters of your choice/g)?.length, 3)
  })
})

describe('limits.waitingRequests', () => {
  it('is how many requests of a connection wait; one more is a flood', async (t) => {
    const { gateway } = await Victim.start(t, { limits: { waitingRequests: 3 } })
    // All in one turn: the first is done at once, three wait for it.
    const comms = await CommsClient.join(gateway, 'ann')
    for (let i = 0; i < 5; i++) comms.execute('MESSAGE_CREATE', { content: `${i}` })
    const { cnf } = await comms.socket.until<{ f: number; cnf: { c: number } }>(({ f }) => f === 150)
    assert.equal(cnf.c, 4002)

    const messenger = await MessengerClient.open(gateway, 'ann')
    const codes = await Promise.all(Array.from({ length: 5 }, () => messenger.refused('getChats', {})))
    assert.deepEqual(codes, [undefined, undefined, undefined, undefined, 'rate_limited'])
    await messenger.socket.close()
  })
})

describe('channels.earlyFrames', () => {
  it('is how many frames wait for CONNECTED; those beyond it are dropped with an error', async (t) => {
    const { port } = await Victim.start(t, { channels: { earlyFrames: 2 } })
    const client = await RawClient.open(port)
    const pong = clientFrame(0x81, '{"type":"PONG"}')
    client.write(Buffer.concat([Buffer.from(handshake('/lobby/listen')), pong, pong, pong]))
    await client.head()
    const said: string[] = []
    while (!said.at(-1)?.includes('"CONNECTED"')) said.push((await nextFrame(client)).payload.toString())
    assert.equal(said.length, 2)
    assert.match(said[0]!, /"RATE_LIMITED"/)
    client.destroy()
  })
})

describe('rooms.guessesPerAddress and rooms.guessesPerRoom', () => {
  it('are how many wrong passwords a minute are looked at', async (t) => {
    const rooms = { guessesPerAddress: 2, guessesPerRoom: 3 }
    const { gateway } = await Victim.start(t, { rooms, trustedHops: 1 })
    const room = await TestRoom.make(gateway, { adminPassword: 'right' })
    const guess = async (address: string) => {
      const json = { name: 'mallory', adminPassword: 'wrong' }
      const headers = { 'x-forwarded-for': address }
      return (await room.ask(null, 'POST', '/participants', { json, headers })).status
    }
    const one = '203.0.113.1'
    assert.deepEqual([await guess(one), await guess(one), await guess(one)], [403, 403, 429])
    assert.deepEqual([await guess('203.0.113.2'), await guess('203.0.113.3')], [403, 429])
  })
})

describe('limits.storeQueue', () => {
  it('is how much waits for the store; what comes on top is refused, and the rest is done', async (t) => {
    const { port } = await Victim.start(t, { limits: { storeQueue: 5 } })
    const clients = await Promise.all(Array.from({ length: 40 }, () => RawClient.open(port)))
    // Written in one turn, they are read in one turn.
    for (const [i, client] of clients.entries())
      client.write(`GET /queued-${i}/emit?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const answers = await Promise.all(clients.map((client) => client.rest()))
    const statuses = answers.map((answer) => answer.toString().slice(9, 12))
    const [done, refused] = ['200', '503'].map((status) => statuses.filter((one) => one === status).length)
    assert.equal(done! + refused!, 40)
    assert.ok(done! >= 1 && refused! >= 1, `${done} were done`)
  })
})

describe('limits.pipelinedRequests', () => {
  it('is how many requests of a connection wait for the reply before theirs', async (t) => {
    const { port } = await Victim.start(t, { limits: { pipelinedRequests: 2 } })
    const client = await RawClient.open(port)
    const request = (more = '') => `GET /lobby/history HTTP/1.1\r\nHost: x\r\n${more}\r\n`
    client.write(request().repeat(4) + request('Connection: close\r\n'))
    const answers = (await client.rest()).toString().match(/HTTP\/1\.1 [0-9]{3}/g)
    assert.deepEqual(
      answers,
      [200, 200, 200, 429, 429].map((status) => `HTTP/1.1 ${status}`),
    )
  })
})

describe('retention.inbox', () => {
  it('is how many events of a user are kept; who missed more is told of a gap', async (t) => {
    const { gateway } = await Victim.start(t, { retention: { inbox: 3 } })
    const bob = await MessengerClient.subscribed(gateway, 'bob')
    const ann = await MessengerClient.open(gateway, 'ann')
    for (let i = 1; i <= 5; i++) await ann.get('new', { chatId: 'bob', message: `${i}` })
    for (let i = 1; i <= 5; i++) await bob.event()
    assert.equal(await bob.refused('subscribe', { lastEventId: 2 }), undefined)
    const { error } = await bob.ask('subscribe', { lastEventId: 1 })
    assert.deepEqual([error?.code, error?.oldestEventId], ['gap', 3])
    await bob.socket.close()
    await ann.socket.close()
  })
})

describe('services.unidentifiedMax', () => {
  it('is how large a message of who has not identified may be, and of nobody else', async (t) => {
    const { gateway } = await Victim.start(t, { servicesSecret, services: { unidentifiedMax: 1024 } })
    const identify = { op: 0, d: { type: 'panel', compress: false, secret: servicesSecret } }
    const beat = { op: 1, d: { heapUsed: 1, more: 'x'.repeat(1000) } }
    const unknown = await SocketClient.open(socketUrl(gateway, '/ws/v1'))
    unknown.send(beat)
    assert.deepEqual(await unknown.closed, { code: 4005, reason: 'A message may have at most 1024 bytes.' })
    const known = await SocketClient.open(socketUrl(gateway, '/ws/v1'))
    known.send(identify)
    known.send(beat)
    await known.until(({ op }: { op: number }) => op === 4)
    await known.close()
  })
})
