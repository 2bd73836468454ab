import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { http, Refused, SocketClient, socketUrl } from '../../../test/harness.ts'
import { ServiceGateway, servicesSecret } from '../../../test/support/service-gateway.ts'

let gateway: ServiceGateway
before(async () => {
  gateway = await ServiceGateway.start({ shards: 3, sharders: 1 })
})
after(() => gateway.dispose())

const identity = { type: 'panel', compress: false, secret: servicesSecret }

describe('connecting', () => {
  it('needs the version: anything but /ws/v1 is answered 400 before the upgrade', async () => {
    for (const path of ['/ws', '/ws/', '/ws/v0', '/ws/v2', '/ws/1', '/ws/V1', '/ws/v1/x']) {
      const refused = await SocketClient.open(socketUrl(gateway.gateway, path)).catch((error) => error)
      assert.ok(refused instanceof Refused, path)
      assert.equal(refused.status, 400)
      assert.match((refused.body as { error: string }).error, /Connect to \/ws\/v1/)
    }
  })

  it('is for WebSockets', async () => {
    const { status, body } = await http(gateway.gateway, 'GET', '/ws/v1')
    assert.deepEqual([status, body], [426, { error: 'Connect here with a WebSocket.' }])
    assert.equal((await http(gateway.gateway, 'GET', '/ws/v3')).status, 400)
  })

  it('is greeted at once, before anything is sent', async () => {
    await gateway.connect()
  })
})

describe('identifying', () => {
  it('tells a sharder its shards', async () => {
    const { client, identified } = await gateway.service('sharder')
    assert.deepEqual(identified.shards, [0, 1, 2])
    assert.match(identified.session, /^[A-Za-z0-9_-]{22}$/)
    assert.deepEqual(Object.keys(identified), ['shards', 'session'])
    await client.close()
  })

  for (const type of ['feeds', 'dashboard', 'panel', 'commands']) {
    it(`tells ${type} its session only`, async () => {
      const { identified } = await gateway.service(type)
      assert.deepEqual(Object.keys(identified), ['session'])
    })
  }

  const refusals: [string, Record<string, unknown>, number, RegExp][] = [
    [
      'an unknown type',
      { type: 'bot' },
      4005,
      /^d\.type must be one of feeds, dashboard, panel, sharder, commands\.$/,
    ],
    ['no type', { type: undefined }, 4005, /^d\.type must be/],
    ['a type that every object has', { type: 'constructor' }, 4005, /^d\.type must be/],
    ['a type before a compress', { type: 1, compress: 1 }, 4005, /^d\.type must be/],
    ['a compress that is no boolean', { compress: 'yes' }, 4005, /^d\.compress must be a boolean\.$/],
    ['no compress', { compress: undefined }, 4005, /^d\.compress must be a boolean\.$/],
    ['a compress before a secret', { compress: null, secret: 'x' }, 4005, /^d\.compress must be/],
    ['a session that is no text', { session: 5 }, 4005, /^d\.session must be a string\.$/],
    ['a wrong secret', { secret: 'wrong' }, 4001, /^The secret is wrong\.$/],
    ['a longer secret', { secret: `${servicesSecret}x` }, 4001, /^The secret is wrong\.$/],
    ['no secret', { secret: undefined }, 4001, /^The secret is wrong\.$/],
    ['a secret that is no text', { secret: { toString: servicesSecret } }, 4001, /^The secret is wrong\.$/],
  ]
  for (const [what, changes, code, reason] of refusals) {
    it(`with ${what} is closed with ${code}`, async () => {
      const client = await gateway.connect()
      client.send({ op: 0, d: { ...identity, ...changes } })
      const closing = await client.closed
      assert.equal(closing.code, code)
      assert.match(closing.reason, reason)
    })
  }

  it('twice is closed with 4002, whatever it says the second time', async () => {
    const { client } = await gateway.service('panel')
    client.send({ op: 0, d: { type: 'nonsense' } })
    assert.deepEqual(await client.closed, { code: 4002, reason: 'This connection has identified already.' })
  })

  it('may come after heartbeats, which are answered', async () => {
    const client = await gateway.connect()
    client.send('{"op":1,"d":{"heapUsed":102292113}}')
    await client.expect('{"op":4,"d":{}}')
    await client.identify(identity)
  })
})

describe('a frame', () => {
  /** In the order in which the protocol looks: each fails at its own place and would fail at every later one too. */
  const unidentified: [string, unknown, number, RegExp][] = [
    ['that is not JSON', '{"op":9', 4004, /not JSON/],
    ['that is empty', '', 4004, /not JSON/],
    ['that is two', '{"op":1,"d":{}}{}', 4004, /not JSON/],
    ['that is an array', '[]', 4005, /A message is an object/],
    ['that is null', 'null', 4005, /A message is an object/],
    ['that is a number', '5', 4005, /A message is an object/],
    ['without an op', '{"d":{}}', 4005, /^op must be an integer/],
    ['with a text as op', '{"op":"0","d":{}}', 4005, /^op must be an integer/],
    ['with a fraction as op', '{"op":1.5}', 4005, /^op must be an integer/],
    ['with an op before identifying', '{"op":2}', 4000, /^Identify \(0\) before/],
    ['to cache before identifying', '{"op":5,"d":{}}', 4000, /^Identify \(0\) before/],
    ['with an unknown op before identifying', '{"op":99}', 4000, /^Identify \(0\) before/],
    ['with a server op before identifying', '{"op":3,"d":{}}', 4000, /^Identify \(0\) before/],
    ['that identifies without d', '{"op":0}', 4005, /^d must be an object or an array/],
    ['that identifies with a text as d', '{"op":0,"d":"x"}', 4005, /^d must be an object or an array/],
    ['that beats without d', '{"op":1}', 4005, /^d must be an object or an array/],
    ['that is longer than who is unknown may send', `"${'x'.repeat(65_536)}"`, 4005, /at most 65536 bytes/],
  ]
  for (const [what, frame, code, reason] of unidentified) {
    it(`${what} is closed with ${code}`, async () => {
      const client = await gateway.connect()
      client.send(frame)
      const closing = await client.closed
      assert.equal(closing.code, code)
      assert.match(closing.reason, reason)
    })
  }

  const identified: [string, unknown, number, RegExp][] = [
    ['that is not JSON', 'hello', 4004, /not JSON/],
    ['that is a text', '"x"', 4005, /A message is an object/],
    ['without an op', '{}', 4005, /^op must be an integer/],
    ['without d', '{"op":99}', 4005, /^d must be an object or an array/],
    ['with null as d', '{"op":2,"t":"EXECUTE_COMMAND","d":null}', 4005, /^d must be an object or an array/],
    ['with a number as d', '{"op":5,"d":5}', 4005, /^d must be an object or an array/],
    ['with an unknown op', '{"op":6,"d":{}}', 4003, /^There is no opcode 6; a client sends 0, 1, 2 and 5\.$/],
    ['with a negative op', '{"op":-1,"d":[]}', 4003, /^There is no opcode -1/],
    ['with an enormous op', '{"op":1e300,"d":{}}', 4003, /^There is no opcode 1e\+300/],
    ['with hello', '{"op":3,"d":{}}', 4005, /^op 3 is for the server to send\.$/],
    ['with an acknowledgement', '{"op":4,"d":{}}', 4005, /^op 4 is for the server to send\.$/],
    ['with an array as heartbeat', '{"op":1,"d":[]}', 4005, /^d\.heapUsed must be a number\.$/],
    ['with an array as identity', '{"op":0,"d":[]}', 4002, /identified already/],
  ]
  for (const [what, frame, code, reason] of identified) {
    it(`${what} is closed with ${code} once identified`, async () => {
      const { client } = await gateway.service('panel')
      client.send(frame)
      const closing = await client.closed
      assert.equal(closing.code, code)
      assert.match(closing.reason, reason)
    })
  }

  it('that is larger than the limit is closed with 4005', async () => {
    const { client } = await gateway.service('panel')
    client.send(JSON.stringify({ op: 1, d: { heapUsed: 1, more: 'x'.repeat(1_048_576) } }))
    const { code, reason } = await client.closed
    assert.deepEqual([code, reason], [4005, 'A message may have at most 1048576 bytes.'])
  })
})

describe('secrets', () => {
  it('are neither echoed nor logged', async () => {
    const lines: string[] = []
    const log = (fields: object, sentence: string) => lines.push(JSON.stringify([fields, sentence]))
    const other = await ServiceGateway.start({}, { log: { info: log, warn: log, error: log } })
    const client = await other.connect()
    client.send({ op: 0, d: { ...identity, secret: 'a guess that is wrong' } })
    const { reason } = await client.closed
    await other.service('panel')
    await other.dispose()
    assert.ok(lines.some((line) => line.includes('The secret is wrong')))
    for (const text of [reason, ...lines]) assert.doesNotMatch(text, /a guess|that tests start/)
  })
})
