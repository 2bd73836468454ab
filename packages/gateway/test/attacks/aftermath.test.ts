import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { http } from '../harness.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { clientFrame, handshake, RawClient } from '../support/transport-scene.ts'
import { times } from './support/scale.ts'
import { Victim } from './support/victim.ts'

const polluting = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"name":"__proto__"}'

async function upgradeAndSend(port: number, path: string, frame: Buffer): Promise<void> {
  const client = await RawClient.upgraded(port, path)
  client.write(Buffer.concat([frame, clientFrame(0x88)]))
  await client.rest()
}

/** One attack of each class that is tried one by one elsewhere, and how many lines it may be worth. */
const attacks: [string, (victim: Victim, round: number) => Promise<unknown>, number][] = [
  [
    'a foreign page',
    async ({ port }) => {
      const client = await RawClient.open(port)
      client.write(handshake('/comms', { Origin: 'https://evil.example' }))
      assert.match((await client.rest()).toString(), /^HTTP\/1\.1 403 /)
    },
    0,
  ],
  [
    'a frame that is not masked',
    ({ port }) => upgradeAndSend(port, '/lobby/listen', Buffer.from([0x81, 1, 0x61])),
    1,
  ],
  ['a frame with reserved bits', ({ port }) => upgradeAndSend(port, '/comms', clientFrame(0xf1, 'x')), 1],
  [
    'text that is not UTF-8',
    ({ port }) => upgradeAndSend(port, '/comms', clientFrame(0x81, Buffer.from([0xff]))),
    1,
  ],
  [
    'keys that would change all objects',
    async ({ gateway }) => {
      await http(gateway, 'POST', '/lobby/emit', { body: polluting })
      await http(gateway, 'POST', '/api/rooms', { body: polluting })
    },
    0,
  ],
  [
    'a guess at a credential',
    ({ gateway }, round) => http(gateway, 'GET', '/api/rooms/lobby/messages', { bearer: `guess-${round}` }),
    0,
  ],
  [
    'a guess at the secret of services',
    ({ port }, round) => {
      const d = { type: 'panel', compress: false, secret: `guess-${round}` }
      return upgradeAndSend(port, '/ws/v1', clientFrame(0x81, JSON.stringify({ op: 0, d })))
    },
    1,
  ],
  [
    'an address full of control characters',
    ({ gateway }) => http(gateway, 'GET', '/%00%1b%5b2J%0a/history?token=%0a%0d'),
    0,
  ],
]

const victim = await Victim.start(
  { after },
  { servicesSecret, rooms: { joinsPerSecond: 0, messagesPerSecond: 0 } },
)

describe('after an attack the gateway is as it was', () => {
  for (const [what, attack, lines] of attacks) {
    it(what, async () => {
      const rounds = times(30, 1000)
      const all = async () => {
        for (let round = 0; round < rounds; round++) await attack(victim, round)
      }
      await victim.withstands(all, { lines: () => rounds * lines })
    })
  }
})
