import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { http } from '../harness.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { handshake, RawClient } from '../support/transport-scene.ts'
import { times } from './support/scale.ts'
import { Victim } from './support/victim.ts'

/** Handshakes that each protocol refuses by HTTP, and the code. Those of `rooms` and `comms` are closed in their own words instead. */
const refusals: [handshake: string, status: number, code: string][] = [
  [handshake('/lobby/listen?token=hidden'), 401, 'unknown_participant'],
  [handshake('/lobby/listen?token=a.b.hidden'), 401, 'token_invalid'],
  [handshake('/lobby/listen?presence=hidden'), 400, 'invalid_json'],
  [handshake('/metrics/listen?token=hidden'), 400, 'reserved_name'],
  [handshake('/messenger?token=hidden'), 401, 'unauthorized'],
  [handshake('/messenger', { Authorization: 'Bearer hidden' }), 401, 'token_invalid'],
  [handshake('/ws/v2?token=hidden'), 400, 'invalid_request'],
  [handshake('/comms?token=hidden', { Origin: 'https://evil.example' }), 403, 'origin_not_allowed'],
]

async function answer(port: number, bytes: string): Promise<number> {
  const client = await RawClient.open(port)
  client.write(bytes)
  return Number((await client.rest()).toString().slice(9, 12))
}

describe('a handshake that is refused', () => {
  it('is one line in the log and counted, with its code and without its query, whoever refuses it', async (t) => {
    const victim = await Victim.start(t, { servicesSecret })
    for (const [bytes, status] of refusals) assert.equal(await answer(victim.port, bytes), status)
    const logged = victim.lines.map((line) => JSON.parse(line))
    assert.deepEqual(
      logged.map(({ level, code, address, msg }) => [level, code, address, msg]),
      refusals.map(([, , code]) => ['warn', code, '127.0.0.1', 'a handshake was refused']),
    )
    assert.ok(!victim.lines.join('').includes('hidden'))
    const { text } = await http(victim.gateway, 'GET', '/metrics')
    assert.match(text, /^parlance_handshakes_refused_total{code="token_invalid"} 2$/m)
    assert.match(text, /^parlance_handshakes_refused_total{code="invalid_json"} 1$/m)
  })

  it('by the thousand does not flood the log', async (t) => {
    const victim = await Victim.start(t)
    const count = times(300, 5000)
    const began = performance.now()
    for (let i = 0; i < count; i++) await answer(victim.port, handshake('/lobby/listen?token=hidden'))
    const seconds = Math.ceil((performance.now() - began) / 1000)
    assert.ok(victim.lines.length <= (seconds + 1) * 11, `${victim.lines.length} lines in ${seconds} s`)
    const { text } = await http(victim.gateway, 'GET', '/metrics')
    assert.match(
      text,
      new RegExp(`^parlance_handshakes_refused_total{code="unknown_participant"} ${count}$`, 'm'),
    )
  })
})
