import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  Refused,
  SocketClient,
  socketUrl,
  startTestGateway,
  type TestGateway,
  tokenFor,
} from '../../../test/harness.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { MessengerClient } from '../../../test/support/messenger-client.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway({ messenger: { pingInterval: 200, pongTimeout: 1000 } })
})
after(() => gateway.dispose())

function open(protocols: string[], headers: Record<string, string> = {}): Promise<SocketClient> {
  const offered: Record<string, string> =
    protocols.length === 0 ? {} : { 'sec-websocket-protocol': protocols.join(', ') }
  return SocketClient.open(socketUrl(gateway, '/messenger'), { headers: { ...offered, ...headers } })
}

async function refusal(attempt: Promise<unknown>): Promise<Refused> {
  const error = await attempt.then(
    () => assert.fail('the handshake was not refused'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Refused, String(error))
  return error
}

test('a browser offers its token as the second subprotocol, and the first is echoed', async () => {
  const raw = new (await import('ws')).WebSocket(socketUrl(gateway, '/messenger'), [
    'parlance.messenger',
    tokenFor('b'),
  ])
  await new Promise((resolve) => raw.on('open', resolve))
  assert.equal(raw.protocol, 'parlance.messenger')
  raw.terminate()
})

test('a token in the header needs no subprotocol', async () => {
  const client = await open([], { authorization: `Bearer ${tokenFor('h')}` })
  assert.equal(client.socket.protocol, '')
  await client.close()
})

test('without a good token the handshake is answered with 401', async () => {
  const attempts: readonly [() => Promise<unknown>, string][] = [
    [() => open([]), 'unauthorized'],
    [() => open([], { authorization: 'Bearer a.b.c' }), 'token_invalid'],
    [() => open([], { authorization: `Bearer ${tokenFor('late', { ttl: -10 })}` }), 'token_expired'],
    [() => open([], { authorization: 'Basic eDp5' }), 'unauthorized'],
    [() => open(['other', tokenFor('x')]), 'unauthorized'],
  ]
  for (const [attempt, code] of attempts) {
    const refused = await refusal(attempt())
    assert.equal(refused.status, 401)
    assert.equal((refused.body as { error: { code: string } }).error.code, code)
  }
})

test('the text "ping" is answered with a pong event', async () => {
  const client = await MessengerClient.open(gateway, 'pinger')
  client.send('ping')
  const pong = await client.event()
  assert.deepEqual(pong, { type: 'event', timestamp: pong.timestamp, eventType: 'pong' })
  await client.socket.close()
})

test('a client that answers the server’s pings stays; one that gives no sign is closed with 4008', async () => {
  const alive = await MessengerClient.open(gateway, 'alive')
  const silent = await SocketClient.open(socketUrl(gateway, '/messenger'), {
    autoPong: false,
    headers: { authorization: `Bearer ${tokenFor('silent')}` },
  })
  const pings = new Promise<void>((resolve) => {
    let left = 3
    alive.socket.socket.on('ping', () => {
      left -= 1
      if (left === 0) resolve()
    })
  })
  assert.equal((await silent.closed).code, 4008)
  await pings
  assert.equal((await alive.ask('getChats', {})).error, undefined)
  await alive.socket.close()
})

test('binary frames close with 1003', async () => {
  const client = await MessengerClient.open(gateway, 'binary')
  client.send(Buffer.from('{}'))
  assert.equal((await client.socket.closed).code, 1003)
})

test('the connection ends when its token does', async () => {
  const clock = new ManualClock(Date.now())
  const timed = await startTestGateway({}, { clock })
  const token = tokenFor('brief', { exp: Math.floor(clock.now() / 1000) + 10 })
  const client = await MessengerClient.open(timed, 'brief', { headers: { authorization: `Bearer ${token}` } })
  clock.advance(10_000)
  assert.equal((await client.response(null)).error?.code, 'token_expired')
  assert.equal((await client.socket.closed).code, 4001)
  await timed.dispose()
})

test('bad frames are answered by name, and the fifth in ten seconds closes with 4002', async () => {
  const client = await MessengerClient.open(gateway, 'bad')
  client.send('{')
  assert.equal((await client.response(null)).error?.code, 'invalid_json')
  client.send('[]')
  assert.equal((await client.response(null)).error?.code, 'invalid_request')
  assert.equal(await client.refused('nonsense', {}), 'unknown_request')
  const misfit = await client.ask('read', { chatId: 'x', messageId: 'one' })
  assert.equal(misfit.error?.code, 'invalid_payload')
  assert.match(misfit.error?.message ?? '', /payload\.messageId/)
  client.send({ type: 'event', eventType: 'nonsense' })
  assert.equal((await client.response(null)).error?.code, 'unknown_request')
  assert.equal((await client.socket.closed).code, 4002)
})

test('a frame beyond the rate is answered by its id', async () => {
  const slow = await startTestGateway({ limits: { frameBurst: 2, framesPerSecond: 1 } })
  const client = await MessengerClient.open(slow, 'fast')
  const answers = await Promise.all([
    client.ask('getChats', {}),
    client.ask('getChats', {}),
    client.ask('getChats', {}),
  ])
  assert.deepEqual(
    answers.map(({ error }) => error?.code),
    [undefined, undefined, 'rate_limited'],
  )
  assert.ok(answers[2]!.error!.retryAfter! >= 1)
  await slow.dispose()
})

test('a planned stop closes with 1012', async () => {
  const other = await startTestGateway()
  const client = await MessengerClient.subscribed(other, 'last')
  const [, { code }] = await Promise.all([other.dispose(), client.socket.closed])
  assert.equal(code, 1012)
})
