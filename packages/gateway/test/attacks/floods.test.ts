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
const padding = 'x'.repeat(3000)

interface Manner {
  /** Who may send anything there is. */
  readonly open: (target: Target) => Promise<SocketClient>
  /** What "too often" is in this protocol: the code it closes with, and what it says, in a frame or as the reason, of when to go on. */
  readonly code: number
  readonly says: RegExp
}

const dropped = /^At most 50 messages a second are taken; this one was dropped\. Connect again in 1 s\.$/m

const manners = {
  rooms: {
    open: (target) => connectRooms(target, { roomId: 'lobby', participantId: token }),
    code: 4429,
    says: dropped,
  },
  comms: {
    open: async (target) => (await CommsClient.join(target, 'mallory')).socket,
    code: 4002,
    says: /"c":4002,"d":true,.*"retry_after":1000/,
  },
  channels: {
    open: (target) => connectChannels(target, 'lobby'),
    code: 4429,
    says: /"RATE_LIMITED",.*"retryAfter":1\b/,
  },
  messenger: {
    open: (target) =>
      SocketClient.open(socketUrl(target, '/messenger'), { headers: { authorization: `Bearer ${token}` } }),
    code: 4029,
    says: /"rate_limited".*"retryAfter":1\b/,
  },
  services: {
    open: async (target) => {
      const client = await SocketClient.open(socketUrl(target, '/ws/v1'))
      client.send({ op: 0, d: { type: 'panel', compress: false, secret: servicesSecret } })
      return client
    },
    code: 1008,
    says: dropped,
  },
} satisfies Record<string, Manner>

type Name = keyof typeof manners

/** Frames that the protocol knows, as many as there are. */
const floods: Record<Name, Record<string, unknown>> = {
  rooms: { heartbeats: { e: 1, d: { padding } } },
  comms: {
    typing: { f: 130, t: 'START_TYPING', cnf: { padding } },
    messages: { f: 130, t: 'MESSAGE_CREATE', cnf: { content: 'flood', padding } },
    'moving about': { f: 130, t: 'CHANNEL_MOVE', cnf: { channel: 'lobby', padding } },
  },
  channels: {
    'presence data': { type: 'PRESENCE', payload: { x: 'x'.repeat(2000) } },
    rubbish: `{${padding}`,
  },
  messenger: {
    typing: { type: 'event', eventType: 'typing', payload: { chatId: 'ann', padding } },
    messages: {
      type: 'request',
      id: '1',
      payloadType: 'new',
      payload: { chatId: 'ann', message: 'flood', padding },
    },
  },
  services: { heartbeats: { op: 1, d: { heapUsed: 1, padding: [padding] } } },
}

const victim = await Victim.start(
  { after },
  {
    servicesSecret,
    limits: { closeGrace: 200 },
    services: { framesPerSecond: 50, frameBurst: 100 },
  },
)
await http(victim.gateway, 'POST', '/lobby/emit', { json: 1 })

async function isToldAndClosed({ code, says }: Manner, client: SocketClient, what: string): Promise<void> {
  const closed = await client.closed
  const heard: string[] = []
  while (client.pending > 0) heard.push(await client.nextText())
  assert.equal(closed.code, code, what)
  assert.match([...heard, closed.reason].join('\n'), says, what)
}

describe('a flood over one connection is told when to go on, then closed, in the words of its protocol', () => {
  for (const [name, manner] of Object.entries(manners)) {
    const frames = Object.entries(floods[name as Name])
    it(`${name}: ${frames.map(([what]) => what).join(', ')}`, () =>
      victim.forgets(
        async () => {
          for (const [what, frame] of frames) {
            const client = await manner.open(victim.gateway)
            for (let i = 0; i < 500; i++) client.send(frame)
            await isToldAndClosed(manner, client, what)
          }
        },
        { lines: () => frames.length },
      ))

    it(`${name}: pings, pongs`, () =>
      victim.forgets(
        async () => {
          for (const control of ['ping', 'pong'] as const) {
            const client = await manner.open(victim.gateway)
            for (let i = 0; i < 5000; i++) client.socket[control](padding.slice(0, 125))
            await isToldAndClosed(manner, client, control)
          }
        },
        { lines: () => 2 },
      ))
  }
})

describe('a flood before anyone is known', () => {
  it('of presentations (comms) is told and closed alike', () =>
    victim.forgets(
      async () => {
        const client = await SocketClient.open(socketUrl(victim.gateway, '/comms'))
        for (let i = 0; i < 500; i++) client.send({ f: 110, cnf: { token, padding } })
        await isToldAndClosed(manners.comms, client, 'presentations')
      },
      { lines: () => 1 },
    ))

  it('of guesses (services) ends with the first', () =>
    victim.forgets(
      async () => {
        const client = await SocketClient.open(socketUrl(victim.gateway, '/ws/v1'))
        const guess = { op: 0, d: { type: 'sharder', compress: false, secret: 'guess', padding } }
        for (let i = 0; i < 500; i++) client.send(guess)
        assert.equal((await client.closed).code, 4001)
      },
      { lines: () => 1 },
    ))
})

describe('a flood of empty fragments', () => {
  it('is closed with 1008', () =>
    victim.forgets(
      async () => {
        const client = await RawClient.upgraded(victim.port, '/lobby/listen')
        const fragments = Array.from({ length: 1000 }, () => clientFrame(0x00, ''))
        client.write(Buffer.concat([clientFrame(0x01, ''), ...fragments]))
        assert.ok((await client.rest()).includes(Buffer.from([1008 >> 8, 1008 & 0xff])))
      },
      { lines: () => 1 },
    ))
})
