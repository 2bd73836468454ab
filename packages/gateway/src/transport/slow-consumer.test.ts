import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { SocketClient } from '../../test/support/socket-client.ts'
import { type SceneOptions, TransportScene } from '../../test/support/transport-scene.ts'
import { systemClock } from '../app/clock.ts'
import type { Audience, Connection } from '../ports/connection.ts'

const kilobyte = 1024
/** More than the system keeps for any connection. */
const much = 200_000 * kilobyte
const message = 'm'.repeat(32 * kilobyte)

interface Crowd {
  readonly scene: TransportScene
  readonly audience: Audience
  readonly clients: readonly SocketClient[]
}

async function crowd(t: TestContext, count: number, options: SceneOptions): Promise<Crowd> {
  const scene = await TransportScene.open(t, options)
  const audience = scene.transport.outbound.audience('websocket')
  const clients: SocketClient[] = []
  for (let index = 0; index < count; index++) {
    clients.push(await SocketClient.open(scene.url))
    audience.add(scene.connections[index]!)
  }
  return { scene, audience, clients }
}

/** Sends a connection whose client does not read so much that at least `bytes` wait here. */
async function fill({ transport }: TransportScene, connection: Connection, bytes: number): Promise<void> {
  const before = transport.stats().buffered
  for (let sent = 0; transport.stats().buffered - before < bytes; sent += message.length) {
    assert.ok(sent < much, 'the system takes everything')
    connection.send(message)
    await turn()
  }
}

test('a reader that stands still is told and closed; the others miss nothing, and memory stays within its bound', async (t) => {
  const hardBacklog = 512 * kilobyte
  const { scene, audience, clients } = await crowd(t, 3, {
    limits: { softBacklog: hardBacklog, hardBacklog },
  })
  const [slow, ...others] = clients as [SocketClient, ...SocketClient[]]
  slow.socket.pause()
  let published = 0
  let highest = 0
  while (scene.refusals.length === 0) {
    assert.ok(published * message.length < much)
    audience.publish(`${published} ${message}`)
    published += 1
    for (const other of others) assert.ok((await other.nextText()).startsWith(`${published - 1} `))
    highest = Math.max(highest, scene.transport.stats().buffered)
  }
  assert.equal(scene.refusals[0]!.connection, scene.connections[0])
  assert.equal(scene.refusals[0]!.problem.code, 'slow_consumer')
  assert.ok(highest <= hardBacklog + message.length + 100, `${highest}`)
  // What was not with the system yet has been dropped at once.
  assert.ok(scene.transport.stats().buffered <= 2 * (64 * kilobyte + message.length))
  audience.publish('not for the slow one')
  for (const other of others) assert.equal(await other.nextText(), 'not for the slow one')
  slow.socket.resume()
  let last = ''
  for (let count = 0; last !== 'slow_consumer'; count++) {
    last = await slow.nextText()
    assert.ok(last === 'slow_consumer' || last.startsWith(`${count} `), 'whole frames, in order')
  }
  assert.deepEqual(await slow.closed, { code: 4000, reason: 'slow_consumer' })
})

test('whoever pings and does not read the answers is too slow, too', async (t) => {
  const limits = { framesPerSecond: 1e9, frameBurst: 1e9, softBacklog: kilobyte, hardBacklog: kilobyte }
  const scene = await TransportScene.open(t, { limits })
  const client = await SocketClient.open(scene.url)
  client.socket.pause()
  const payload = 'p'.repeat(125)
  for (let sent = 0; scene.refusals.length === 0; sent += payload.length) {
    assert.ok(sent < much, 'the system takes everything')
    client.socket.ping(payload)
    if (client.socket.bufferedAmount > 0 || sent % message.length === 0) await turn()
  }
  assert.deepEqual(scene.refusalCodes, ['slow_consumer'])
})

test('a reader that never reads its last word is cut off after the grace', async (t) => {
  const clock = new ManualClock()
  const { scene, clients } = await crowd(t, 1, {
    clock,
    limits: { softBacklog: 0, hardBacklog: 100 * kilobyte, closeGrace: 5000 },
  })
  clients[0]!.socket.pause()
  while (scene.refusals.length === 0) {
    scene.connections[0]!.send(message)
    await turn()
  }
  clock.advance(4900)
  await turn()
  assert.equal(scene.transport.stats().connections, 1)
  clock.advance(200)
  await scene.until(() => scene.ended.length === 1)
  assert.equal(scene.transport.stats().connections, 0)
  assert.equal(scene.transport.stats().buffered, 0)
})

test('more than the soft bound is too much only when it lasts', async (t) => {
  const clock = new ManualClock()
  const limits = { softBacklog: 200 * kilobyte, softBacklogFor: 10_000, hardBacklog: much }
  const { scene, clients } = await crowd(t, 1, { clock, limits })
  clients[0]!.socket.pause()
  await fill(scene, scene.connections[0]!, limits.softBacklog + 1)
  clock.advance(9000)
  assert.deepEqual(scene.refusals, [])
  clock.advance(2000)
  assert.deepEqual(scene.refusalCodes, ['slow_consumer'])
})

test('whoever catches up in time is spared', async (t) => {
  const clock = new ManualClock()
  const limits = { softBacklog: 200 * kilobyte, softBacklogFor: 10_000, hardBacklog: much }
  const { scene, clients } = await crowd(t, 1, { clock, limits })
  const [client] = clients as [SocketClient]
  client.socket.pause()
  await fill(scene, scene.connections[0]!, limits.softBacklog + 1)
  clock.advance(9000)
  scene.connections[0]!.send('the last')
  client.socket.resume()
  while ((await client.nextText()) !== 'the last');
  clock.advance(60_000)
  assert.deepEqual(scene.refusals, [])
  assert.equal(scene.transport.stats().buffered, 0)
})

test('when all together hold too much, the largest backlog goes first', async (t) => {
  const limits = { softBacklog: much, hardBacklog: much, totalBacklog: 4000 * kilobyte }
  const { scene, clients } = await crowd(t, 3, { limits })
  for (const client of clients) client.socket.pause()
  const [small, large, middle] = scene.connections as [Connection, Connection, Connection]
  await fill(scene, small, 200 * kilobyte)
  await fill(scene, large, 2200 * kilobyte)
  while (scene.refusals.length === 0) {
    middle.send(message)
    await turn()
  }
  assert.deepEqual(
    scene.refusals.map(({ connection }) => connection),
    [large],
  )
  assert.ok(scene.transport.stats().buffered < limits.totalBacklog)
  assert.equal(small.open && middle.open, true)
})

test('two thousand messages of a kilobyte in one turn do not end a healthy reader', async (t) => {
  const { scene, audience, clients } = await crowd(t, 2, { clock: systemClock })
  for (let count = 0; count < 2000; count++) audience.publish(`${count}`.padEnd(kilobyte))
  for (const client of clients) {
    for (let count = 0; count < 2000; count++) assert.equal(Number(await client.nextText()), count)
  }
  assert.deepEqual(scene.refusals, [])
})

test('a reader that falls behind still gets its own stamps, and small frames whole and in order', async (t) => {
  const { scene, audience, clients } = await crowd(t, 3, { limits: { softBacklog: much, hardBacklog: much } })
  scene.connections.forEach((connection, index) => {
    connection.stamp = `stamp ${index}`
  })
  clients[1]!.socket.pause()
  let published = 0
  while (scene.transport.stats().buffered < 3000 * kilobyte) {
    audience.publish({ head: `${published} `, tail: '.'.repeat(published % 7 === 0 ? 20_000 : 200) })
    published += 1
    if (published % 3 === 0) await turn()
  }
  clients[1]!.socket.resume()
  for (const [index, client] of clients.entries()) {
    for (let count = 0; count < published; count++) {
      const text = await client.nextText()
      assert.equal(text.replace(/\.+$/, ''), `${count} stamp ${index}`)
    }
  }
})
