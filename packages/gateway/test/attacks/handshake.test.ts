import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { handshake, RawClient } from '../support/transport-scene.ts'
import { times } from './support/scale.ts'
import { Victim } from './support/victim.ts'

/** The status of the answer to these bytes; 0 when the connection ended without one. */
async function statusOf(port: number, bytes: string | Buffer): Promise<number> {
  const client = await RawClient.open(port)
  client.write(bytes)
  try {
    const head = await client.head()
    return Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(head)?.[1])
  } catch {
    return 0
  } finally {
    client.destroy()
  }
}

const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n\r\n`
const upgrade = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='

const handshakes: [string, string, number][] = [
  ['a right one', handshake('/comms'), 101],
  ['no key', handshake('/comms', { 'Sec-WebSocket-Key': '' }), 400],
  ['a key too short', handshake('/comms', { 'Sec-WebSocket-Key': 'AAAA' }), 400],
  ['a key too long', handshake('/comms', { 'Sec-WebSocket-Key': `${'A'.repeat(200)}==` }), 400],
  ['two keys', lines('GET /comms HTTP/1.1', ...upgrade, key, key), 400],
  ['no version', handshake('/comms', { 'Sec-WebSocket-Version': '' }), 426],
  ['version 8', handshake('/comms', { 'Sec-WebSocket-Version': '8' }), 426],
  ['two versions', lines('GET /comms HTTP/1.1', ...upgrade, 'Sec-WebSocket-Version: 13', key), 426],
  ['another protocol', handshake('/comms', { Upgrade: 'h2c' }), 404],
  ['two protocols', handshake('/comms', { Upgrade: 'websocket, h2c' }), 404],
  ['another protocol where there is something to read', handshake('/healthz', { Upgrade: 'h2c' }), 200],
  ['a POST', handshake('/comms').replace('GET', 'POST'), 405],
  ['nothing at the address', handshake('/nowhere'), 404],
  ['the door of a test', handshake('/echo'), 404],
  ['a channel with malformed percents', handshake('/%zz/listen'), 400],
  ['a channel that is not UTF-8', handshake('/%ff%fe/listen'), 400],
  ['a channel with a NUL', handshake('/a%00b/listen'), 400],
  ['a channel with a line feed', handshake('/a%0ab/listen'), 400],
  ['a channel of 201 characters', handshake(`/${'x'.repeat(201)}/listen`), 400],
  ['a channel with a reserved name', handshake('/metrics/listen'), 400],
  ['a path that climbs', handshake('/../../etc/passwd'), 404],
  ['a percent in the query', handshake('/lobby/listen?presence=%'), 400],
  [
    'extensions that are none, and are not spoken',
    handshake('/comms', { 'Sec-WebSocket-Extensions': ',;,=' }),
    101,
  ],
  ['subprotocols that are none', handshake('/comms', { 'Sec-WebSocket-Protocol': ',,a b' }), 400],
]

const requests: [string, string | Buffer, number[]][] = [
  ['no HTTP', 'hello\r\n\r\n', [400]],
  ['bytes', Buffer.from('16030100c8010000c40303', 'hex'), [400]],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', [400]],
  ['another version', lines('GET /healthz HTTP/3.7', 'Host: x'), [400, 505]],
  ['another method', lines('BREW /healthz HTTP/1.1', 'Host: x'), [400, 405]],
  ['CONNECT', lines('CONNECT evil.example:443 HTTP/1.1', 'Host: x'), [0, 400, 404, 405]],
  ['TRACE', lines('TRACE /healthz HTTP/1.1', 'Host: x', 'Authorization: Bearer x'), [405]],
  ['a head of 9 KiB', lines('GET /healthz HTTP/1.1', 'Host: x', `X: ${'x'.repeat(9216)}`), [431]],
  ['an address of 9 KiB', lines(`GET /${'x'.repeat(9216)} HTTP/1.1`, 'Host: x'), [414, 431]],
  ['5,000 headers', lines('GET /healthz HTTP/1.1', 'Host: x', ...Array(5000).fill('a: b')), [431]],
  ['a space before the colon', lines('GET /healthz HTTP/1.1', 'Host: x', 'X : y'), [400]],
  ['a line feed in a value', lines('GET /healthz HTTP/1.1', 'Host: x', 'X: a\nInjected: b'), [400]],
  ['a NUL in a value', lines('GET /healthz HTTP/1.1', 'Host: x', 'X: a\0b'), [400]],
  ['a folded header', lines('GET /healthz HTTP/1.1', 'Host: x', 'X: a', ' b'), [400]],
  ['two lengths', lines('POST /a/emit HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Content-Length: 2'), [400]],
  [
    'a length and chunks',
    lines('POST /a/emit HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
    [400],
  ],
  ['a length below nothing', lines('POST /a/emit HTTP/1.1', 'Host: x', 'Content-Length: -1'), [400]],
  [
    'a length beyond numbers',
    lines('POST /a/emit HTTP/1.1', 'Host: x', `Content-Length: ${'9'.repeat(30)}`),
    [400],
  ],
  [
    'a length of a petabyte',
    lines('POST /a/emit HTTP/1.1', 'Host: x', 'Content-Length: 1000000000000000'),
    [413],
  ],
  [
    'a chunk that is none',
    `${lines('POST /a/emit HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked')}zz\r\n`,
    [0, 400],
  ],
  ['an unknown encoding', lines('POST /a/emit HTTP/1.1', 'Host: x', 'Transfer-Encoding: gzip'), [400, 501]],
  ['an absolute address', lines('GET http://evil.example/healthz HTTP/1.1', 'Host: x'), [404]],
  ['an asterisk', lines('OPTIONS * HTTP/1.1', 'Host: x'), [404]],
  ['malformed percents', lines('GET /%/history HTTP/1.1', 'Host: x'), [400]],
  ['a percent-encoded slash', lines('GET /api%2frooms HTTP/1.1', 'Host: x'), [404]],
  ['a range', lines('GET /healthz HTTP/1.1', 'Host: x', 'Range: bytes=0-0,1-1'), [200]],
]

describe('handshakes', () => {
  it('each is answered with its status, and nothing else happens', async (t) => {
    const victim = await Victim.start(t)
    const attack = async () => {
      for (const [what, bytes, status] of handshakes)
        assert.equal(await statusOf(victim.port, bytes), status, what)
    }
    await victim.forgets(attack, { handshakes: () => handshakes.length })
  })

  it('no door but those of the protocols opens in production mode', async (t) => {
    const victim = await Victim.start(t, { mode: 'production', channels: { openPatterns: ['*'] } })
    const doors = ['/echo', '/test', '/', '/admin', '/metrics', '/api', '/v1', '/ws', '/ws/v1', '/ws/v2']
    const attack = async () => {
      for (const path of doors) assert.equal(await statusOf(victim.port, handshake(path)), 404, path)
    }
    await victim.withstands(attack, { handshakes: () => doors.length })
  })

  it('one after the other, none of them finished, leave nothing behind', async (t) => {
    const victim = await Victim.start(t)
    const count = times(300, 20_000)
    const attack = async () => {
      const whole = handshake('/lobby/listen')
      for (let i = 0; i < count; i++) {
        const client = await RawClient.open(victim.port)
        client.write(whole.slice(0, i % whole.length))
        client.destroy()
      }
    }
    await victim.forgets(attack, { handshakes: () => count })
  })
})

describe('requests', () => {
  it('each is answered with its status, and nothing else happens', async (t) => {
    const victim = await Victim.start(t)
    const attack = async () => {
      for (const [what, bytes, allowed] of requests) {
        const status = await statusOf(victim.port, bytes)
        assert.ok(allowed.includes(status), `${what}: ${status}`)
      }
    }
    await victim.forgets(attack, { handshakes: () => requests.length })
  })

  it('a second one hidden in the body of the first is not heard', async (t) => {
    const victim = await Victim.start(t)
    const hidden = lines('GET /smuggled/emit?x=1 HTTP/1.1', 'Host: x')
    const head = lines(
      'POST /a/emit HTTP/1.1',
      'Host: x',
      'Connection: close',
      `Content-Length: ${hidden.length}`,
    )
    await victim.withstands(async () => {
      const client = await RawClient.open(victim.port)
      client.write(head + hidden)
      const answers = (await client.rest()).toString().match(/HTTP\/1\.1 [0-9]{3}/g)
      assert.deepEqual(answers, ['HTTP/1.1 400'])
    })
  })
})

describe('who takes too long', () => {
  it('for a head is told so (408), and so is who says nothing at all, or sends a byte now and then', async (t) => {
    const limits = { headerTime: 300, requestTime: 600 }
    const victim = await Victim.start(t, { limits })
    const attack = async () => {
      const begun = await RawClient.open(victim.port)
      begun.write('GET /comms HTTP/1.1\r\nHost: x\r\n')
      const silent = await RawClient.open(victim.port)
      const slow = await RawClient.open(victim.port)
      slow.write('GET /comms HTTP/1.1\r\nX: ')
      const dripping = setInterval(() => slow.write('x'), 50)
      try {
        for (const client of [begun, silent, slow])
          assert.match((await client.rest()).toString(), /^HTTP\/1\.1 408 /)
      } finally {
        clearInterval(dripping)
      }
    }
    await victim.withstands(attack, { handshakes: () => 3 })
  })

  it('for a body is told so (408)', async (t) => {
    const victim = await Victim.start(t, { limits: { headerTime: 300, requestTime: 600 } })
    const attack = async () => {
      const client = await RawClient.open(victim.port)
      client.write(lines('POST /a/emit HTTP/1.1', 'Host: x', 'Content-Length: 10'))
      assert.match((await client.rest()).toString(), /^HTTP\/1\.1 408 /)
    }
    await victim.withstands(attack, { handshakes: () => 1 })
  })
})
