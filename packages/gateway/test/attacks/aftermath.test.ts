import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { connectRooms, http, SocketClient, socketUrl, tokenFor } from '../harness.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { clientFrame, handshake, RawClient } from '../support/transport-scene.ts'
import { times } from './support/scale.ts'
import { Victim } from './support/victim.ts'

/** So that what is kept of an attack shows in memory. */
const padding = 'x'.repeat(4000)
const polluting = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"name":"__proto__","x":"${padding}"}`

async function upgradeAndSend(port: number, path: string, frame: Buffer): Promise<void> {
  const client = await RawClient.upgraded(port, path)
  client.write(Buffer.concat([frame, clientFrame(0x88)]))
  await client.rest()
}

type Attack = (victim: Victim, round: number) => Promise<unknown>

/** One attack of each class that is tried one by one elsewhere: such as are worth nothing in the log, one line, or perhaps one as a refused handshake. */
const attacks: Record<'nothing' | 'a line' | 'a handshake', Record<string, Attack>> = {
  nothing: {
    'keys that would change all objects': async ({ gateway }) => {
      await http(gateway, 'POST', '/lobby/emit', { body: polluting })
      await http(gateway, 'POST', '/api/rooms', { body: polluting })
    },
    'a guess at a credential': async ({ gateway }, round) => {
      const bearer = `guess-${round}-${padding}`
      assert.equal((await http(gateway, 'GET', '/api/rooms/lobby/messages', { bearer })).status, 401)
    },
    'a token that nobody has signed': async ({ gateway }, round) => {
      const bearer = ['{"alg":"none"}', `{"sub":"${round}","x":"${padding}"}`, '']
        .map((part) => Buffer.from(part).toString('base64url'))
        .join('.')
      assert.equal((await http(gateway, 'POST', '/lobby/emit', { bearer, json: 1 })).status, 401)
    },
    'an address full of control characters': ({ gateway }) =>
      http(gateway, 'GET', `/%00%1b%5b2J%0a/history?token=%0a%0d${padding}`),
    'a webhook that leads inside': async ({ gateway }, round) => {
      const discordWebhookLink = `https://127.0.0.1/api/webhooks/${round}/${padding}`
      assert.equal((await http(gateway, 'POST', '/api/rooms', { json: { discordWebhookLink } })).status, 400)
    },
    'a body too large': async ({ gateway }) => {
      const body = `"${'x'.repeat(65_536)}"`
      assert.equal((await http(gateway, 'POST', '/lobby/emit', { body })).status, 413)
    },
    'a message nested 30,000 levels deep': async ({ gateway }) => {
      const messenger = await MessengerClient.open(gateway, 'mallory')
      messenger.send(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)
      assert.equal((await messenger.response(null)).error?.code, 'invalid_json')
      await messenger.socket.close()
    },
  },
  'a line': {
    'a frame that is not masked': ({ port }) =>
      upgradeAndSend(port, '/lobby/listen', Buffer.from([0x81, 1, 0x61])),
    'a frame with reserved bits': ({ port }) => upgradeAndSend(port, '/comms', clientFrame(0xf1, padding)),
    'text that is not UTF-8': ({ port }) =>
      upgradeAndSend(
        port,
        '/lobby/listen',
        clientFrame(0x81, Buffer.concat([Buffer.from(padding), Buffer.from([0xff])])),
      ),
    'a message too large': async ({ gateway }) => {
      const client = await SocketClient.open(socketUrl(gateway, '/lobby/listen'))
      client.send('x'.repeat(65_537))
      assert.equal((await client.closed).code, 1009)
    },
    'a packet that is none (rooms)': async ({ gateway }) => {
      const client = await connectRooms(gateway, { roomId: 'lobby', participantId: tokenFor('mallory') })
      client.send(`{${padding}`)
      assert.equal((await client.closed).code, 4002)
    },
    'a guess at the secret of services': ({ port }, round) => {
      const d = { type: 'panel', compress: false, secret: `guess-${round}`, padding }
      return upgradeAndSend(port, '/ws/v1', clientFrame(0x81, JSON.stringify({ op: 0, d })))
    },
  },
  'a handshake': {
    'a foreign page': async ({ port }) => {
      const client = await RawClient.open(port)
      client.write(handshake('/comms', { Origin: 'https://evil.example', Cookie: padding }))
      assert.match((await client.rest()).toString(), /^HTTP\/1\.1 403 /)
    },
    'a handshake that is none': async ({ port }) => {
      const client = await RawClient.open(port)
      client.write(handshake('/comms', { 'Sec-WebSocket-Key': 'AAAA', Cookie: padding }))
      assert.match((await client.rest()).toString(), /^HTTP\/1\.1 400 /)
    },
  },
}

const victim = await Victim.start(
  { after },
  { servicesSecret, rooms: { joinsPerSecond: 0, messagesPerSecond: 0 } },
)
await http(victim.gateway, 'POST', '/lobby/emit', { json: 1 })

describe('after an attack the gateway is as it was', () => {
  const rounds = times(15, 1000)
  const worth = {
    nothing: {},
    'a line': { lines: () => rounds },
    'a handshake': { handshakes: () => rounds },
  }
  for (const [kind, these] of Object.entries(attacks)) {
    for (const [what, attack] of Object.entries(these)) {
      it(what, async () => {
        const all = async () => {
          for (let round = 0; round < rounds; round++) await attack(victim, round)
        }
        await victim.forgets(all, worth[kind as keyof typeof worth])
      })
    }
  }
})
