import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import {
  connectChannels,
  connectRooms,
  http,
  SocketClient,
  socketUrl,
  type Target,
  tokenFor,
} from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { clientFrame, RawClient } from '../support/transport-scene.ts'
import { Victim } from './support/victim.ts'

const token = tokenFor('mallory')

/** A flood over one connection: frames the protocol knows, as many as there are, and the code it is closed with. */
const floods: [string, (target: Target) => Promise<SocketClient>, unknown, number, RegExp | null][] = [
  [
    'rooms: heartbeats',
    (target) => connectRooms(target, { roomId: 'lobby', participantId: token }),
    { e: 1, d: {} },
    4429,
    null,
  ],
  [
    'comms: presenting oneself',
    (target) => SocketClient.open(socketUrl(target, '/comms')),
    { f: 110, cnf: { token } },
    4002,
    /"c":4002,"d":true,.*"retry_after":1000/,
  ],
  [
    'comms: typing',
    async (target) => (await CommsClient.join(target, 'mallory')).socket,
    { f: 130, t: 'START_TYPING', cnf: {} },
    4002,
    /"c":4002,"d":true,.*"retry_after":1000/,
  ],
  [
    'comms: messages',
    async (target) => (await CommsClient.join(target, 'mallory')).socket,
    { f: 130, t: 'MESSAGE_CREATE', cnf: { content: 'flood' } },
    4002,
    /"c":4002,"d":true,.*"retry_after":1000/,
  ],
  [
    'comms: moving about',
    async (target) => (await CommsClient.join(target, 'mallory')).socket,
    { f: 130, t: 'CHANNEL_MOVE', cnf: { channel: 'lobby' } },
    4002,
    /"c":4002,"d":true,.*"retry_after":1000/,
  ],
  [
    'channels: presence data',
    (target) => connectChannels(target, 'lobby'),
    { type: 'PRESENCE', payload: { x: 'x'.repeat(1000) } },
    4429,
    /"RATE_LIMITED","retryAfter":1/,
  ],
  [
    'channels: rubbish',
    (target) => connectChannels(target, 'lobby'),
    '{',
    4429,
    /"RATE_LIMITED","retryAfter":1/,
  ],
  [
    'messenger: typing',
    (target) =>
      SocketClient.open(socketUrl(target, '/messenger'), { headers: { authorization: `Bearer ${token}` } }),
    { type: 'event', eventType: 'typing', payload: { chatId: 'ann' } },
    4029,
    /"rate_limited".*"retryAfter":1/,
  ],
  [
    'messenger: messages',
    (target) =>
      SocketClient.open(socketUrl(target, '/messenger'), { headers: { authorization: `Bearer ${token}` } }),
    { type: 'request', id: '1', payloadType: 'new', payload: { chatId: 'ann', message: 'flood' } },
    4029,
    /"rate_limited".*"retryAfter":1/,
  ],
  [
    'services: heartbeats',
    async (target) => {
      const client = await SocketClient.open(socketUrl(target, '/ws/v1'))
      client.send({ op: 0, d: { type: 'panel', compress: false, secret: servicesSecret } })
      return client
    },
    { op: 1, d: { heapUsed: 1 } },
    1008,
    null,
  ],
  [
    'services: identifying with guesses',
    (target) => SocketClient.open(socketUrl(target, '/ws/v1')),
    { op: 0, d: { type: 'sharder', compress: false, secret: 'guess' } },
    4001,
    null,
  ],
]

const flooded = await Victim.start(
  { after },
  {
    servicesSecret,
    limits: { closeGrace: 200 },
    services: { framesPerSecond: 50, frameBurst: 100 },
  },
)
await http(flooded.gateway, 'POST', '/lobby/emit', { json: 1 })

describe('a flood over one connection', () => {
  for (const [what, open, frame, code, says] of floods) {
    it(`is told to slow down, then closed: ${what}`, async () => {
      await flooded.withstands(async () => {
        const client = await open(flooded.gateway)
        for (let i = 0; i < 500; i++) client.send(frame)
        assert.equal((await client.closed).code, code)
        const heard: string[] = []
        while (client.pending > 0) heard.push(await client.nextText())
        if (says !== null)
          assert.ok(
            heard.some((text) => says.test(text)),
            heard.at(-1),
          )
      })
    })
  }

  it('of pings, of pongs and of empty fragments is closed too', async () => {
    const pong = 0x8a
    // Of pings, 60 answers may wait to be written; with more than that the connection is broken off.
    for (const first of [0x89, pong]) {
      await flooded.withstands(async () => {
        const client = await RawClient.upgraded(flooded.port, '/lobby/listen')
        client.write(Buffer.concat(Array.from({ length: 1000 }, () => clientFrame(first, 'x'))))
        assert.equal((await client.rest()).includes('RATE_LIMITED'), first === pong)
      })
    }
    await flooded.withstands(async () => {
      const client = await RawClient.upgraded(flooded.port, '/lobby/listen')
      client.write(
        Buffer.concat([clientFrame(0x01, ''), ...Array.from({ length: 1000 }, () => clientFrame(0x00, ''))]),
      )
      await client.rest()
    })
  })
})
