import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { handshake, RawClient, TransportScene } from '../../test/support/transport-scene.ts'
import { Problem } from '../model/problem.ts'

async function refused(scene: TransportScene, bytes: string): Promise<string> {
  const client = await RawClient.open(scene.port)
  client.write(bytes)
  return (await client.rest()).toString()
}

/** What was logged, as `level sentence code address`. */
const lines = (scene: TransportScene) =>
  scene.logged.map(({ level, sentence, fields }) => [level, sentence, fields.code, fields.address].join(' '))

test('every handshake that is refused is counted and logged with its code, whoever refuses it', async (t) => {
  const scene = await TransportScene.open(t, {
    allowedOrigins: ['https://app.example'],
    upgrade: ({ path }) => {
      if (path === '/forbidden') return Promise.reject(new Problem('token_invalid'))
      if (path === '/broken') return Promise.reject(new Error('a mistake'))
      return null
    },
    refuse: () => ({ status: 401, body: 'in the words of the dialect' }),
  })
  const refusals: [string, string][] = [
    [handshake('/x?token=hidden', { Origin: 'https://evil.example' }), 'origin_not_allowed'],
    [handshake('/x?token=hidden', { 'Sec-WebSocket-Version': '8' }), 'upgrade_required'],
    [handshake('/x?token=hidden', { 'Sec-WebSocket-Key': '' }), 'invalid_request'],
    [handshake('/x?token=hidden').replace('GET', 'POST'), 'method_not_allowed'],
    [handshake('/x?token=hidden'), 'not_found'],
    [handshake('/forbidden?token=hidden'), 'token_invalid'],
  ]
  for (const [bytes] of refusals) await refused(scene, bytes)
  assert.deepEqual(
    lines(scene),
    refusals.map(([, code]) => `warn a handshake was refused ${code} 127.0.0.1`),
  )
  assert.deepEqual(
    scene.counted,
    refusals.map(([, code]) => `handshakes_refused_total{${code}}`),
  )
  assert.ok(!JSON.stringify(scene.logged).includes('hidden'))
  await refused(scene, handshake('/broken'))
  assert.deepEqual(
    scene.logged.slice(-2).map(({ level }) => level),
    ['error', 'warn'],
  )
})

test('so is what node:http refuses by itself, but not who breaks off', async (t) => {
  const scene = await TransportScene.open(t, { limits: { headerTime: 200, requestTime: 200 } })
  const head = 'GET /?token=hidden HTTP/1.1\r\nHost: x\r\n'
  assert.match(await refused(scene, 'hello\r\n\r\n'), /^HTTP\/1\.1 400 /)
  assert.match(await refused(scene, `${head}X: ${'x'.repeat(9000)}\r\n\r\n`), /^HTTP\/1\.1 431 /)
  const gone = await RawClient.open(scene.port)
  gone.socket.end(head)
  await gone.rest()
  assert.match(await refused(scene, head), /^HTTP\/1\.1 408 /)
  const codes = ['not_http', 'head_too_large', 'timed_out']
  assert.deepEqual(
    lines(scene),
    codes.map((code) => `warn a request was refused ${code} 127.0.0.1`),
  )
  assert.deepEqual(
    scene.counted,
    codes.map((code) => `requests_refused_total{${code}}`),
  )
  assert.ok(!JSON.stringify(scene.logged).includes('hidden'))
})

test('who is refused because the gateway goes down is counted and has no line', async (t) => {
  const scene = await TransportScene.open(t, { handler: () => ({ refuse() {} }) })
  const stays = await RawClient.upgraded(scene.port)
  const drained = scene.transport.drain(0, 60_000)
  assert.match(await refused(scene, handshake('/echo')), /^HTTP\/1\.1 503 /)
  assert.deepEqual([scene.logged, scene.counted], [[], ['handshakes_refused_total{going_down}']])
  stays.destroy()
  await drained
})

test('a flood of them is ten lines a second, and one that says how many more there were', async (t) => {
  const clock = new ManualClock()
  const scene = await TransportScene.open(t, { clock })
  const flood = async (count: number) => {
    for (let i = 0; i < count; i++) await refused(scene, handshake('/nowhere'))
  }
  await flood(35)
  assert.equal(scene.logged.length, 10)
  clock.advance(1000)
  assert.deepEqual(scene.logged.slice(10), [
    {
      level: 'warn',
      fields: { more: 25 },
      sentence: 'so much more was refused within a second',
    },
  ])
  assert.equal(scene.counted.length, 35)
  await flood(3)
  clock.advance(1000)
  assert.equal(scene.logged.length, 14)
})
