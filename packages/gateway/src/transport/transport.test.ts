import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { request } from '../../test/support/http-client.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { type Refused, SocketClient } from '../../test/support/socket-client.ts'
import { RawClient, TransportScene } from '../../test/support/transport-scene.ts'
import { Problem } from '../model/problem.ts'
import type { HttpReply } from '../ports/http.ts'

test('a connection wakes when it asked to, once; a second wish replaces the first', async (t) => {
  const clock = new ManualClock()
  const scene = await TransportScene.open(t, { clock })
  const client = await SocketClient.open(scene.url)
  const connection = scene.connections[0]!
  connection.wakeIn(1000)
  connection.wakeIn(5000)
  clock.advance(4999)
  connection.send('before')
  clock.advance(51)
  connection.send('after')
  clock.advance(60_000)
  connection.send('much later')
  for (const text of ['before', 'woken', 'after', 'much later']) assert.equal(await client.nextText(), text)
})

test('a connection ends with its credential, whatever the wall clock says meanwhile', async (t) => {
  const clock = new ManualClock()
  const wall = { jump: 0 }
  const jumping = {
    now: () => clock.now() + wall.jump,
    monotonic: () => clock.monotonic(),
    after: (ms: number, call: () => void) => clock.after(ms, call),
  }
  const scene = await TransportScene.open(t, {
    clock: jumping,
  })
  const client = await SocketClient.open(scene.url)
  scene.connections[0]!.identify('ann', clock.now() + 3_600_000)
  wall.jump = 7_200_000
  clock.advance(3_599_000)
  assert.deepEqual(scene.refusals, [])
  clock.advance(2000)
  assert.equal(await client.nextText(), 'token_expired')
  assert.deepEqual(await client.closed, { code: 4000, reason: 'token_expired' })
  assert.deepEqual(scene.logged, [])
})

test('waking and expiring do not get in each other’s way', async (t) => {
  const clock = new ManualClock()
  const scene = await TransportScene.open(t, {
    clock,
    handler: (connection) => ({
      wake() {
        connection.send('woken')
        connection.wakeIn(4000)
      },
    }),
  })
  const client = await SocketClient.open(scene.url)
  scene.connections[0]!.identify('ann', clock.now() + 10_000)
  scene.connections[0]!.wakeIn(4000)
  clock.advance(4100)
  clock.advance(4100)
  clock.advance(4100)
  for (const text of ['woken', 'woken', 'token_expired']) assert.equal(await client.nextText(), text)
})

test('closing comes after what was sent and published before, and nothing after it', async (t) => {
  const scene = await TransportScene.open(t)
  const client = await SocketClient.open(scene.url)
  const connection = scene.connections[0]!
  const audience = scene.transport.outbound.audience('websocket')
  audience.add(connection)
  connection.send('sent')
  audience.publish('published')
  connection.close(4001, 'over')
  audience.publish('too late')
  connection.send('too late')
  assert.equal(await client.nextText(), 'sent')
  assert.equal(await client.nextText(), 'published')
  await assert.rejects(client.nextText(), /closed with 4001 "over"/)
})

test('all connections of a user can be ended, and only these', async (t) => {
  const scene = await TransportScene.open(t)
  const clients = [
    await SocketClient.open(scene.url),
    await SocketClient.open(scene.url),
    await SocketClient.open(scene.url),
  ]
  scene.connections[0]!.identify('ann')
  scene.connections[1]!.identify('ann')
  scene.connections[1]!.identify('bob')
  scene.connections[2]!.identify('ann')
  scene.transport.outbound.end('ann', new Problem('banned'))
  scene.transport.outbound.end('nobody', new Problem('banned'))
  assert.equal((await clients[0]!.closed).reason, 'banned')
  assert.equal((await clients[2]!.closed).reason, 'banned')
  clients[1]!.send('still here')
  assert.equal(await clients[1]!.nextText(), 'still here')
  await scene.until(() => scene.ended.length === 2)
  scene.transport.outbound.end('ann', new Problem('banned'))
})

test('a user’s handshake that was under way when the others were ended is ended too, in the words of its protocol', async (t) => {
  const clock = new ManualClock()
  const scene = await TransportScene.open(t, {
    clock,
    handler: (connection) => {
      connection.identify('ann')
      return {}
    },
  })
  scene.transport.outbound.end('ann', new Problem('banned'))
  const late = await SocketClient.open(scene.url)
  assert.equal(await late.nextText(), 'banned')
  assert.equal((await late.closed).code, 4000)
  clock.advance(60_000)
  const later = await SocketClient.open(scene.url)
  later.send('hello')
  assert.equal(await later.nextText(), 'hello')
})

test('ids of connections are unique, in two transports too', async (t) => {
  const scenes = [await TransportScene.open(t), await TransportScene.open(t)]
  for (const scene of scenes) for (let count = 0; count < 3; count++) await SocketClient.open(scene.url)
  const ids = scenes.flatMap(({ connections }) => connections.map(({ id }) => id))
  assert.equal(new Set(ids).size, 6)
})

test('a drain tells everyone, lets nobody in, and resolves when all are gone', async (t) => {
  const scene = await TransportScene.open(t)
  const clients = [await SocketClient.open(scene.url), await SocketClient.open(scene.url)]
  scene.connections[0]!.send('the last message')
  const drained = scene.transport.drain(0, 60_000)
  await assert.rejects(SocketClient.open(scene.url), (error: Refused) => {
    return error.status === 503 && error.headers['retry-after'] === '1'
  })
  assert.equal(await clients[0]!.nextText(), 'the last message')
  for (const client of clients) {
    assert.equal(await client.nextText(), 'going_down')
    assert.deepEqual(await client.closed, { code: 4000, reason: 'going_down' })
  }
  await drained
  assert.deepEqual(scene.transport.stats(), { connections: 0, buffered: 0 })
  await assert.rejects(fetch(scene.http), 'nothing listens any more')
})

test('a drain spreads its word over the time it has, less what the last need to answer', async (t) => {
  const clock = new ManualClock()
  const scene = await TransportScene.open(t, { clock, limits: { closeGrace: 5000 } })
  for (let count = 0; count < 10; count++) await SocketClient.open(scene.url)
  const drained = scene.transport.drain(15_000, 60_000)
  const told: number[] = []
  for (let elapsed = 0; elapsed <= 10_000; elapsed += 50) {
    await new Promise((resolve) => setImmediate(resolve))
    if (elapsed % 2500 === 0) told.push(scene.refusals.length)
    clock.advance(50)
  }
  assert.deepEqual(told, [0, 3, 5, 8, 10])
  await drained
})

test('a handler that does not close when the gateway goes down is closed with 1012', async (t) => {
  const scene = await TransportScene.open(t, { handler: () => ({ refuse() {} }) })
  const client = await SocketClient.open(scene.url)
  const drained = scene.transport.drain(0, 60_000)
  assert.equal((await client.closed).code, 1012)
  await drained
})

test('a client that does not answer the close holds a drain up for the grace and no longer', async (t) => {
  const clock = new ManualClock()
  const scene = await TransportScene.open(t, { clock, limits: { closeGrace: 5000 } })
  const silent = await RawClient.upgraded(scene.port)
  const drained = scene.transport.drain(0, 60_000)
  await scene.until(() => scene.refusals.length === 1)
  clock.advance(5100)
  await drained
  await silent.rest()
})

test('a connection that was opened ahead of any request does not hold up a drain', async (t) => {
  // Nobody moves this clock: a drain that waits for the end of the grace never ends.
  const scene = await TransportScene.open(t, { clock: new ManualClock() })
  const ahead = connect(scene.port, '127.0.0.1')
  await once(ahead, 'connect')
  await scene.transport.drain(0, 60_000)
  await once(ahead, 'close')
})

test('a request that is being answered is answered before a drain ends', async (t) => {
  let answer = (_: HttpReply): void => {}
  let asked = (): void => {}
  const began = new Promise<void>((resolve) => {
    asked = resolve
  })
  const route = {
    method: 'GET',
    path: '/slow',
    summary: '',
    tag: '',
    replies: {},
    answer: () => {
      asked()
      return new Promise<HttpReply>((resolve) => {
        answer = resolve
      })
    },
  } as const
  const scene = await TransportScene.open(t, { routes: [route] })
  const response = request('GET', `${scene.http}/slow`)
  await began
  let over = false
  const drained = scene.transport.drain(0, 60_000).then(() => {
    over = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(over, false)
  answer({ status: 200, body: 'done' })
  assert.equal((await response).text, 'done')
  await drained
})

test('closing ends everything at once, and leaves the port free', async (t) => {
  const scene = await TransportScene.open(t)
  const client = await SocketClient.open(scene.url)
  const idle = await RawClient.open(scene.port)
  scene.connections[0]!.wakeIn(1e6)
  await scene.transport.close()
  assert.equal((await client.closed).code, 1006)
  await idle.rest()
  assert.equal(scene.ended.length, 1)
  const refused = await new Promise((resolve) => connect(scene.port, '127.0.0.1').on('error', resolve))
  assert.equal((refused as NodeJS.ErrnoException).code, 'ECONNREFUSED')
})

test('a port that is taken is an error of listen', async (t) => {
  const scene = await TransportScene.open(t)
  const doors = { dialects: [], routes: [], openApi: { title: '', version: '', description: '' } }
  const second = await TransportScene.open(t)
  await assert.rejects(second.transport.listen(doors, '127.0.0.1', scene.port), { code: 'EADDRINUSE' })
})
