import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { connectChannels, connectRooms, http, SocketClient, socketUrl, tokenFor } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { TestRoom } from '../support/test-room.ts'
import { clientFrame, RawClient } from '../support/transport-scene.ts'
import { Victim } from './support/victim.ts'

const victim = await Victim.start({ after }, { servicesSecret })
const { gateway, port } = victim
victim.withstandsAll({ handshakes: () => 1 })
const token = tokenFor('ann')

/** The first frame that is an error, as text. */
const error = (client: SocketClient) => client.until((frame: object) => /error/i.test(JSON.stringify(frame)))

describe('a message too large', () => {
  it('is refused in the words of each protocol', async () => {
    await http(gateway, 'POST', '/lobby/emit', { json: 1 })
    const large = 'x'.repeat(65_537)
    const attack = async () => {
      const rooms = await connectRooms(gateway, { roomId: 'lobby', participantId: token })
      rooms.send(large)
      assert.equal((await rooms.closed).code, 1009)

      const comms = await CommsClient.join(gateway, 'ann')
      comms.execute('MESSAGE_CREATE', { content: 'x'.repeat(4096) })
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
    }
    await victim.forgets(attack, { lines: () => 5 })
  })

  it('is refused, in the same words, when no more of it has come than how long it will be', async () => {
    await http(gateway, 'POST', '/lobby/emit', { json: 1 })
    const doors: [path: string, most: number, words: RegExp][] = [
      [`/gateway?roomId=lobby&participantId=${token}`, 65_536, /at most 65536 bytes/],
      ['/comms', 4096, /"c":4000,"d":true,.*at most 4096 bytes/],
      ['/lobby/listen', 65_536, /PAYLOAD_TOO_LARGE/],
      [`/messenger`, 65_536, /payload_too_large/],
      ['/ws/v1', 65_536, /at most 65536 bytes/],
    ]
    const attack = async () => {
      for (const [path, most, words] of doors) {
        const client = await RawClient.upgraded(port, path, { Authorization: `Bearer ${token}` })
        const header = Buffer.alloc(14)
        header.writeUInt16BE(0x81ff)
        header.writeUInt32BE(most + 1, 6)
        client.write(header)
        assert.match((await client.rest()).toString(), words)
      }
    }
    await victim.withstands(attack, { lines: () => doors.length })
  })

  it('is refused with 413 over HTTP, also when its length is not said', async () => {
    const attack = async () => {
      for (const path of ['/lobby/emit', '/api/rooms']) {
        const { status, body } = await http(gateway, 'POST', path, { body: `"${'x'.repeat(65_536)}"` })
        assert.equal(status, 413)
        assert.match(JSON.stringify(body), /payload_too_large/i)
      }
      const client = await RawClient.open(port)
      client.write('POST /lobby/emit HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
      client.write(`20000\r\n${'x'.repeat(0x20000)}\r\n0\r\n\r\n`)
      assert.match(await client.head(), /^HTTP\/1\.1 413 /)
      client.destroy()
    }
    await victim.forgets(attack)
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

describe('a group', () => {
  it('has at most so many members from the start', async (t) => {
    const victim = await Victim.start(t, { messenger: { maxGroup: 3 } })
    const messenger = await MessengerClient.open(victim.gateway, 'ann')
    const make = (members: string[]) => messenger.refused('createGroup', { groupName: 'g', members })
    assert.equal(await make(['bob', 'eve']), undefined)
    assert.equal(await make(['bob', 'eve', 'mallory']), 'invalid_payload')
    await messenger.socket.close()
  })
})

describe('a message that is begun and never finished', () => {
  const begun = [clientFrame(0x01, 'half'), clientFrame(0x81, 'whole').subarray(0, 8), Buffer.from([0x81])]
  it('ends the connection in time', async (t) => {
    const victim = await Victim.start(t, { limits: { unfinishedMessage: 200, closeGrace: 200 } })
    const attack = async (bytes: Buffer) => {
      const client = await RawClient.upgraded(victim.port, '/lobby/listen')
      client.write(bytes)
      assert.ok((await client.rest()).includes('not finished'))
    }
    await victim.forgets(() => Promise.all(begun.map(attack)), { lines: () => begun.length })
  })

  it('also when it goes on byte by byte', async (t) => {
    const victim = await Victim.start(t, { limits: { readsPerFrame: 20 } })
    const attack = async () => {
      const client = await RawClient.upgraded(victim.port, '/lobby/listen')
      client.socket.setNoDelay(true)
      const closed = client.rest()
      const pings = await RawClient.upgraded(victim.port, '/lobby/listen')
      client.write(clientFrame(0x81, 'x'.repeat(100)).subarray(0, 6))
      for (let i = 0; i < 30 && !client.socket.destroyed; i++) {
        client.write('x')
        // The gateway has answered this once it has read the byte.
        await http(victim.gateway, 'GET', '/healthz')
      }
      pings.destroy()
      assert.ok((await closed).includes(Buffer.from([1008 >> 8, 1008 & 0xff])))
    }
    await victim.withstands(attack, { lines: () => 1 })
  })
})

describe('an idempotency key', () => {
  for (const [says, config, time] of [
    ['five minutes', {}, 300_000],
    ['the time that is configured', { sessions: { repeatWindow: 10_000 } }, 10_000],
  ] as const) {
    it(`stands for the first outcome for ${says}`, async (t) => {
      const clock = new ManualClock(Date.now())
      const victim = await Victim.start(t, config, clock)
      const room = await TestRoom.make(victim.gateway)
      const headers = { 'idempotency-key': 'k' }
      const emit = async () =>
        (await http(victim.gateway, 'POST', '/lobby/emit', { json: 1, headers })).body.eventID
      const write = async () =>
        (await room.ask(room.admin, 'POST', '/messages', { json: { content: 'x' }, headers })).body.id
      const first = [await emit(), await write()]
      clock.advance(time - 1000)
      assert.deepEqual([await emit(), await write()], first)
      clock.advance(2000)
      assert.notEqual(await emit(), first[0])
      assert.notEqual(await write(), first[1])
    })
  }
})
