import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { configOf } from '../../src/app/config/load.ts'
import { connectChannels, connectRooms, http, SocketClient, socketUrl, tokenFor } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { clientFrame, RawClient } from '../support/transport-scene.ts'
import { Victim } from './support/victim.ts'

const { gateway, port } = await Victim.start({ after }, { servicesSecret })
const token = tokenFor('ann')
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** The first frame that is an error, as text. */
const error = (client: SocketClient) => client.until((frame: object) => /error/i.test(JSON.stringify(frame)))

describe('what holds when nothing is configured', () => {
  it('is what docs/limits.md says', () => {
    const { limits, rooms, channels, comms, services, sessions, discord } = configOf({})
    assert.deepEqual(
      [limits.messageBytes, comms.maxPayload, limits.fragments, limits.bodyBytes, limits.jsonDepth],
      [65_536, 4096, 256, 65_536, 32],
    )
    assert.deepEqual([limits.headerBytes, limits.headerTime], [8192, 10_000])
    assert.deepEqual([comms.identifyTimeout, services.identifyTimeout], [10_000, 10_000])
    assert.deepEqual([sessions.resumeWindow, sessions.replayLimit], [120_000, 1000])
    assert.deepEqual(
      [limits.softBacklog, limits.softBacklogFor, limits.hardBacklog],
      [2 ** 20, 10_000, 2 ** 23],
    )
    assert.deepEqual([limits.framesPerSecond, limits.frameBurst], [50, 100])
    assert.deepEqual([rooms.messagesPerSecond, rooms.messageBurst, rooms.perConnection], [50, 100, 128])
    assert.deepEqual([rooms.joinsPerSecond, rooms.joinBurst, channels.maxPresence], [20, 200, 2048])
    assert.deepEqual(
      [limits.connectionsPerAddress, limits.newPerAddress, limits.newConnections],
      [100, 20, 250],
    )
    assert.deepEqual([discord.timeout, discord.inFlight], [5000, 25])
  })
})

describe('a message too large', () => {
  it('is refused in the words of each protocol', async () => {
    const large = 'x'.repeat(65_537)
    await http(gateway, 'POST', '/lobby/emit', { json: 1 })
    const rooms = await connectRooms(gateway, { roomId: 'lobby', participantId: token })
    rooms.send('x'.repeat(4097))
    assert.equal((await rooms.closed).code, 1009)

    const comms = await CommsClient.join(gateway, 'ann')
    comms.socket.send(JSON.stringify({ f: 130, t: 'MESSAGE_CREATE', cnf: { content: 'x'.repeat(4096) } }))
    const { cnf } = await comms.next()
    assert.deepEqual([cnf.c, cnf.d], [4000, true])
    assert.equal((await comms.socket.closed).code, 4000)

    const channels = await connectChannels(gateway, 'lobby')
    channels.send(large)
    assert.match(JSON.stringify(await error(channels)), /PAYLOAD_TOO_LARGE/)
    assert.equal((await channels.closed).code, 1009)

    const messenger = await MessengerClient.open(gateway, 'ann')
    messenger.send(large)
    assert.equal((await messenger.response(null)).error?.code, 'payload_too_large')
    assert.equal((await messenger.socket.closed).code, 1009)

    const services = await SocketClient.open(socketUrl(gateway, '/ws/v1'))
    services.send(large)
    assert.equal((await services.closed).code, 4005)
  })

  it('is refused with 413 over HTTP, also when its length is not said', async () => {
    for (const [method, path] of [
      ['POST', '/lobby/emit'],
      ['POST', '/api/rooms'],
    ] as const) {
      const { status, body } = await http(gateway, method, path, { body: `"${'x'.repeat(65_536)}"` })
      assert.equal(status, 413)
      assert.match(JSON.stringify(body), /payload_too_large/i)
    }
    const client = await RawClient.open(port)
    client.write('POST /lobby/emit HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    client.write(`20000\r\n${'x'.repeat(0x20000)}\r\n0\r\n\r\n`)
    assert.match(await client.head(), /^HTTP\/1\.1 413 /)
    client.destroy()
  })
})

describe('JSON of more than 32 levels', () => {
  it('is refused in the words of each protocol, and over HTTP', async () => {
    await http(gateway, 'POST', '/deep/emit', { json: 1 })
    const rooms = await connectRooms(gateway, { roomId: 'deep', participantId: token })
    rooms.send(`{"e":1,"d":${nested(32)}}`)
    assert.equal((await rooms.closed).code, 4002)

    const comms = await CommsClient.join(gateway, 'ann')
    comms.socket.send(`{"f":130,"t":"START_TYPING","cnf":{"x":${nested(31)}}}`)
    assert.equal((await comms.next()).cnf.c, 4004)
    await comms.socket.close()

    const channels = await connectChannels(gateway, 'deep')
    channels.send(`{"type":"PRESENCE","payload":{"x":${nested(31)}}}`)
    assert.match(JSON.stringify(await error(channels)), /INVALID_JSON/)
    await channels.close()

    const messenger = await MessengerClient.open(gateway, 'ann')
    messenger.send(`{"type":"request","id":"1","payloadType":"getChats","payload":{"x":${nested(31)}}}`)
    assert.equal((await messenger.response(null)).error?.code, 'invalid_json')
    await messenger.socket.close()

    const services = await SocketClient.open(socketUrl(gateway, '/ws/v1'))
    services.send(`{"op":1,"d":{"heapUsed":1,"guilds":1,"x":${nested(31)}}}`)
    assert.equal((await services.closed).code, 4004)

    assert.equal((await http(gateway, 'POST', '/deep/emit', { body: nested(33) })).body.code, 'INVALID_JSON')
    const made = await http(gateway, 'POST', '/api/rooms', { body: `{"name":${nested(32)}}` })
    assert.equal(made.body.error.code, 'invalid_json')
    assert.equal((await http(gateway, 'POST', '/deep/emit', { body: nested(32) })).status, 200)
  })
})

describe('what a room may be called', () => {
  it('has at most 200 characters, in every protocol that names rooms', async () => {
    const [fits, tooLong] = ['ü'.repeat(200), 'ü'.repeat(201)]
    assert.equal((await http(gateway, 'POST', `/${encodeURIComponent(fits)}/emit`, { json: 1 })).status, 200)
    assert.equal(
      (await http(gateway, 'POST', `/${encodeURIComponent(tooLong)}/emit`, { json: 1 })).status,
      400,
    )
    const comms = await CommsClient.join(gateway, 'ann')
    comms.socket.send({ f: 130, t: 'CHANNEL_ADD', cnf: { name: tooLong } })
    assert.equal((await comms.next()).cnf.c, 4004)
    await comms.socket.close()
    const made = await http(gateway, 'POST', '/api/rooms', { json: { name: tooLong } })
    assert.equal(made.status, 400)
    const messenger = await MessengerClient.open(gateway, 'ann')
    const group = { groupName: tooLong, members: [] }
    assert.equal(await messenger.refused('createGroup', group), 'invalid_payload')
    await messenger.socket.close()
  })
})

describe('presence data', () => {
  it('is at most 2 KiB, at the handshake and later', async () => {
    const presence = (bytes: number) => JSON.stringify({ x: 'x'.repeat(bytes - 8) })
    const refused = await connectChannels(gateway, 'lobby', { query: { presence: presence(2049) } }).catch(
      String,
    )
    assert.match(String(refused), /400.*2048 bytes/)
    const listener = await connectChannels(gateway, 'lobby', { query: { presence: presence(2048) } })
    listener.send(`{"type":"PRESENCE","payload":${presence(2049)}}`)
    assert.match(
      JSON.stringify(await error(listener)),
      /INVALID_MESSAGE.*2048 bytes|2048 bytes.*INVALID_MESSAGE/,
    )
    await listener.close()
  })
})

describe('a message that is begun and never finished', () => {
  it('ends the connection in time', async (t) => {
    const victim = await Victim.start(t, { limits: { unfinishedMessage: 200, closeGrace: 200 } })
    await victim.withstands(
      async () => {
        for (const begun of [
          clientFrame(0x01, 'half'),
          clientFrame(0x81, 'whole').subarray(0, 8),
          Buffer.from([0x81]),
        ]) {
          const client = await RawClient.upgraded(victim.port, '/lobby/listen')
          client.write(begun)
          assert.ok((await client.rest()).includes('not finished'))
        }
      },
      { lines: () => 3 },
    )
  })
})

describe('an idempotency key', () => {
  it('stands for the first outcome for five minutes', async (t) => {
    const clock = new ManualClock(Date.now())
    const victim = await Victim.start(t, {}, clock)
    const emit = async () =>
      (await http(victim.gateway, 'POST', '/lobby/emit', { json: 1, headers: { 'idempotency-key': 'k' } }))
        .body.eventID
    const first = await emit()
    clock.advance(299_000)
    assert.equal(await emit(), first)
    clock.advance(2000)
    assert.notEqual(await emit(), first)
  })
})
