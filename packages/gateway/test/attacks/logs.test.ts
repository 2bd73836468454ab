import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '../../src/app/clock.ts'
import { connectChannels, http, SocketClient, socketUrl, testSecret, tokenFor } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { TestRoom } from '../support/test-room.ts'
import { clientFrame, handshake, RawClient } from '../support/transport-scene.ts'
import { Victim } from './support/victim.ts'

/** What a terminal obeys (its start is quoted in the log), a line of its own, colours, a cleared screen. */
const forged =
  '\u009b1m\u2028\u202e\u0007\u001b[2J\n{"level":"error","msg":"forged"}\r\n\u001b[31mforged\u0000'
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
const obeyed = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

const webhook = 'https://discord.com/api/webhooks/123456789/the-token-of-a-webhook'
const password = 'the password of the admins'

for (const form of ['json', 'short'] as const) {
  describe(`the log in its ${form} form`, () => {
    it('has one line for what was one line, and nothing that a terminal obeys', async (t) => {
      const victim = await Victim.start(t, { servicesSecret }, systemClock, form)
      const lines = await provokeWith(victim, [forged, tokenFor('mallory', { name: forged })])
      for (const line of lines) {
        const [first = '', ...stack] = line.slice(0, -1).split('\n')
        assert.doesNotMatch(first, obeyed)
        for (const row of stack) assert.match(row, /^ {4}\S/, 'the rest is the stack of an error')
        const level = form === 'json' ? JSON.parse(first).level : first.split(' ')[1]
        assert.match(level, /^(info|warn)$/, line)
      }
    })

    it('has no secret, wherever it was sent, and neither have the figures', async (t) => {
      const victim = await Victim.start(t, { servicesSecret }, systemClock, form)
      const token = tokenFor('ann')
      const room = await TestRoom.make(victim.gateway, {
        adminPassword: password,
        discordWebhookLink: webhook,
      })
      const secrets = [
        token,
        room.admin.participantId,
        password,
        testSecret,
        servicesSecret,
        'the-token-of-a-webhook',
      ]
      const listener = await connectChannels(victim.gateway, 'lobby', { query: { token } })
      const { payload } = await listener.next<{ payload: { resumeToken: string } }>()
      secrets.push(payload.resumeToken.split('.')[1] ?? '')
      await listener.terminate()
      const lines = await provokeWith(victim, secrets)
      const { text: figures } = await http(victim.gateway, 'GET', '/metrics')
      const lineWith = (secret: string) => lines.find((line) => line.includes(secret)) ?? 'the figures'
      const written = lines.join('') + figures
      for (const secret of secrets.flatMap((one) => [one, encodeURIComponent(one)]))
        assert.ok(!written.includes(secret), lineWith(secret))
    })
  })
}

/** What the log has of it. Every connection that is ended for it has a line, and there are no others but for refused handshakes. */
async function provokeWith(victim: Victim, texts: readonly string[]): Promise<string[]> {
  const worth = { lines: 0, handshakes: 0 }
  let lines: string[] = []
  const attack = async () => {
    for (const text of texts) await provoke(victim, text, worth)
    lines = [...victim.lines]
  }
  await victim.withstands(attack, { lines: () => worth.lines, handshakes: () => worth.handshakes })
  assert.ok(lines.length >= 4 * texts.length)
  return lines
}

/** Sends a text wherever a text can be sent, does there what is worth a line, and counts that. */
async function provoke(
  { gateway, port }: Victim,
  text: string,
  worth: { lines: number; handshakes: number },
): Promise<void> {
  const encoded = encodeURIComponent(text)
  const addresses = [
    `/lobby/listen?token=${encoded}&presence=${encoded}&resumeToken=${encoded}&since=${encoded}`,
    `/gateway?roomId=${encoded}&participantId=${encoded}`,
    `/gateway?roomId=lobby&participantId=${encoded}&epoch=${encoded}&since=1`,
    `/${encoded}/listen`,
    `/comms?${encoded}`,
    `/ws/v1?${encoded}=${encoded}`,
    `/messenger?token=${encoded}`,
  ]
  for (const address of addresses) {
    const client = await RawClient.open(port)
    client.write(
      handshake(address, { 'User-Agent': encoded, Cookie: encoded, Authorization: `Bearer ${encoded}` }),
    )
    client.write(clientFrame(0xc1, text))
    const head = await client.head().catch(() => '')
    client.write(clientFrame(0x88, ''))
    await client.rest()
    worth[head.includes(' 101 ') ? 'lines' : 'handshakes'] += 1
  }
  for (const path of [
    ...addresses,
    `/api/rooms/${encoded}?token=${encoded}`,
    `/lobby/emit?token=${encoded}&a=1`,
  ]) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      await http(gateway, method, path, {
        headers: { authorization: `Bearer ${encoded}`, 'idempotency-key': encoded },
      })
    }
  }
  await http(gateway, 'POST', '/api/rooms/lobby/participants', { json: { name: text, adminPassword: text } })
  const services = await SocketClient.open(socketUrl(gateway, '/ws/v1'))
  services.send({ op: 0, d: { type: text, compress: false, secret: text } })
  await services.closed
  worth.lines += 1
  const known = await SocketClient.open(socketUrl(gateway, '/ws/v1'))
  known.send({ op: 0, d: { type: 'sharder', compress: false, secret: servicesSecret, session: text } })
  // Names of events are quoted to whoever runs the services: nobody's secret is one.
  known.send({ op: 2, t: text.slice(0, 12), d: { [text]: text } })
  await known.closed
  worth.lines += 1
  const comms = await CommsClient.open(gateway)
  const { f } = await comms.present({ token: text })
  if (f === 150) worth.lines += 1
  comms.socket.socket.close(4999, text.slice(0, 20))
  await comms.socket.closed
}
