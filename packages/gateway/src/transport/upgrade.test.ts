import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { type Refused, SocketClient } from '../../test/support/socket-client.ts'
import {
  handshake,
  RawClient,
  type SceneOptions,
  TransportScene,
} from '../../test/support/transport-scene.ts'
import { Problem } from '../model/problem.ts'
import type { UpgradeRequest } from '../ports/dialect.ts'
import type { HttpRoute } from '../ports/http.ts'

/** The status with which a handshake is answered, and the body. */
async function answerTo(
  scene: TransportScene,
  request: string,
): Promise<{ status: number; head: string; body: string }> {
  const client = await RawClient.open(scene.port)
  client.write(request)
  const head = await client.head()
  const status = Number(head.slice(9, 12))
  if (status === 101) client.destroy()
  return { status, head, body: (await client.rest()).toString() }
}

async function statuses(scene: TransportScene, requests: string[]): Promise<number[]> {
  const found: number[] = []
  for (const request of requests) found.push((await answerTo(scene, request)).status)
  return found
}

test('a handshake is answered as in the example of RFC 6455 §1.3', async (t) => {
  const scene = await TransportScene.open(t)
  const { status, head } = await answerTo(scene, handshake('/echo'))
  assert.equal(status, 101)
  assert.match(head, /Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/)
  assert.doesNotMatch(head, /Extensions|Protocol:/)
})

test('what is no handshake is refused with the fitting status', async (t) => {
  const scene = await TransportScene.open(t)
  const wrong = [
    handshake('/echo').replace('GET', 'POST'),
    handshake('/echo', { 'Sec-WebSocket-Key': '' }),
    handshake('/echo', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }),
    handshake('/elsewhere'),
    handshake('/elsewhere/%zz'),
    handshake('/elsewhere/%ff'),
  ]
  assert.deepEqual(await statuses(scene, wrong), [405, 400, 400, 404, 400, 400])
  for (const version of ['', '8', '14']) {
    const { status, head } = await answerTo(scene, handshake('/echo', { 'Sec-WebSocket-Version': version }))
    assert.equal(status, 426)
    assert.match(head, /Sec-WebSocket-Version: 13\r\n/)
  }
  assert.deepEqual(scene.connections, [])
})

test('an offer to go on in a protocol that is not spoken here is ignored (RFC 9110 §7.8)', async (t) => {
  const route: HttpRoute = {
    method: 'POST',
    path: '/plain',
    summary: '',
    tag: '',
    replies: {},
    answer: ({ raw }) => ({ status: 200, body: raw.toString() }),
  }
  const scene = await TransportScene.open(t, { routes: [route] })
  for (const protocol of ['h2c', 'TLS/1.0, h2c', 'websocket, h2c']) {
    const client = await RawClient.open(scene.port)
    const head = `Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AAMAAABk\r\n`
    client.write(`POST /plain HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\nhi`)
    assert.match(await client.head(), /^HTTP\/1.1 200 /)
    assert.equal((await client.bytes(2)).toString(), 'hi')
    client.write(`GET /echo HTTP/1.1\r\n${head}\r\n`)
    assert.match(await client.head(), /^HTTP\/1.1 404 /)
    client.destroy()
  }
  assert.deepEqual(scene.connections, [])
})

test('a refusal is the error of the gateway, as JSON, and ends the connection', async (t) => {
  const scene = await TransportScene.open(t)
  const { head, body } = await answerTo(scene, handshake('/elsewhere?token=secret'))
  assert.match(head, /Connection: close\r\n/)
  assert.match(head, /Content-Type: application\/json\r\n/)
  assert.deepEqual(JSON.parse(body), {
    error: { code: 'not_found', message: 'There is nothing at this address.' },
  })
})

test('a page of a foreign origin is refused with 403 before any dialect is asked', async (t) => {
  let asked = 0
  const scene = await TransportScene.open(t, {
    allowedOrigins: ['https://app.example'],
    upgrade: (_, admission) => {
      asked += 1
      return Promise.resolve(admission)
    },
  })
  const from = (Origin: string): string => handshake('/echo', { Origin })
  const foreign = [
    'null',
    'https://app.example.evil.example',
    'https://APP.example',
    'https://app.example:444',
  ].map(from)
  assert.deepEqual(await statuses(scene, foreign), [403, 403, 403, 403])
  assert.equal(asked, 0)
  const welcome = [from('https://app.example'), from('http://localhost'), handshake('/echo')]
  assert.deepEqual(await statuses(scene, welcome), [101, 101, 101])
})

test('the dialect sees the request: segments decoded or null, the query, headers, the address', async (t) => {
  let seen: UpgradeRequest | null = null
  const scene = await TransportScene.open(t, {
    trustedHops: 1,
    upgrade: (request, admission) => {
      seen = request
      return Promise.resolve(admission)
    },
  })
  await answerTo(scene, handshake('/a%2Fb/%zz/c?token=a%20b&x=1', { 'X-Forwarded-For': '203.0.113.7' }))
  const { path, segments, query, address } = seen! as UpgradeRequest
  assert.deepEqual(
    [path, segments, query.get('token'), address],
    ['/a%2Fb/%zz/c', ['a/b', null, 'c'], 'a b', '203.0.113.7'],
  )
  assert.equal((seen! as UpgradeRequest).header('Sec-WebSocket-VERSION'), '13')
})

test('a dialect may refuse in its own words or the gateway’s, or choose a subprotocol', async (t) => {
  const said = { status: 401, headers: { 'X-Why': 'because' }, body: { success: false } }
  const own = await TransportScene.open(t, {
    upgrade: () => Promise.reject(new Problem('token_invalid')),
    refuse: (error) => (error instanceof Problem ? said : { status: 500 }),
  })
  const reply = await answerTo(own, handshake('/reply'))
  assert.deepEqual([reply.status, reply.body], [401, '{"success":false}'])
  assert.match(reply.head, /X-Why: because\r\n/)
  const scene = await TransportScene.open(t, {
    upgrade: async ({ path }, admission) => {
      if (path === '/problem') throw new Problem('rate_limited', undefined, 7)
      if (path === '/bug') throw new Error('the secret')
      return { ...admission, subprotocol: 'two' }
    },
  })
  const problem = await answerTo(scene, handshake('/problem'))
  assert.equal(problem.status, 429)
  assert.match(problem.head, /Retry-After: 7\r\n/)
  const bug = await answerTo(scene, handshake('/bug'))
  assert.equal(bug.status, 500)
  assert.doesNotMatch(bug.body, /secret/)
  assert.equal(scene.logged.filter(({ level }) => level === 'error').length, 1)
  const chosen = await answerTo(scene, handshake('/ok', { 'Sec-WebSocket-Protocol': 'one, two' }))
  assert.match(chosen.head, /Sec-WebSocket-Protocol: two\r\n/)
})

function limited(t: TestContext, limits: SceneOptions['limits']): Promise<TransportScene> {
  return TransportScene.open(t, { clock: new ManualClock(), mode: 'production', limits: limits! })
}

test('an address has so many connections; a refused or failed handshake does not count as one', async (t) => {
  const scene = await limited(t, { connectionsPerAddress: 2 })
  for (let count = 0; count < 5; count++) await answerTo(scene, handshake('/elsewhere'))
  const first = await SocketClient.open(scene.url)
  await SocketClient.open(scene.url)
  await assert.rejects(
    SocketClient.open(scene.url),
    (error: Refused) => error.status === 429 && error.headers['retry-after'] === '5',
  )
  await first.close()
  await scene.until(() => scene.ended.length === 1)
  await SocketClient.open(scene.url)
})

test('too many new connections are told to come back', async (t) => {
  const scene = await limited(t, { newConnections: 3 })
  for (let count = 0; count < 3; count++) await SocketClient.open(scene.url)
  const { status, head, body } = await answerTo(scene, handshake('/echo'))
  assert.equal(status, 503)
  assert.match(head, /Retry-After: 1\r\n/)
  assert.equal(JSON.parse(body).error.code, 'unavailable')
})

test('behind a trusted proxy each client has its own count', async (t) => {
  const scene = await TransportScene.open(t, {
    mode: 'production',
    trustedHops: 1,
    limits: { connectionsPerAddress: 1 },
  })
  const from = (address: string): Promise<SocketClient> =>
    SocketClient.open(scene.url, { headers: { 'X-Forwarded-For': `invented, ${address}` } })
  await from('203.0.113.1')
  await from('203.0.113.2')
  await assert.rejects(from('203.0.113.1'), (error: Refused) => error.status === 429)
})

test('a client that breaks off while a dialect thinks harms nobody', async (t) => {
  let decide = (): void => {}
  let asked = (): void => {}
  const thinking = new Promise<void>((resolve) => {
    asked = resolve
  })
  const scene = await TransportScene.open(t, {
    mode: 'production',
    limits: { connectionsPerAddress: 1 },
    upgrade: ({ path }, admission) => {
      if (path !== '/slow') return Promise.resolve(admission)
      asked()
      return new Promise((resolve) => {
        decide = () => resolve(admission)
      })
    },
  })
  const client = await RawClient.open(scene.port)
  client.write(handshake('/slow'))
  await thinking
  client.socket.resetAndDestroy()
  // Its place becomes free once the dialect has decided, whether or not the loss was noticed by then.
  decide()
  let next: SocketClient | null = null
  while (next === null) next = await SocketClient.open(scene.url).catch(() => null)
  next.send('free')
  assert.equal(await next.nextText(), 'free')
})
