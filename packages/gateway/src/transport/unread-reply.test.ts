import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { type SceneOptions, TransportScene } from '../../test/support/transport-scene.ts'
import type { HttpRoute } from '../ports/http.ts'

const megabyte = 1024 * 1024
/** More than the system keeps for any connection. */
const much = 32 * megabyte

/** A client that sends what it has to say at once, and reads only when it is told to. */
class Reader {
  readonly socket: Socket
  readonly #chunks: Buffer[] = []

  constructor(port: number, requests: string) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('data', (chunk) => this.#chunks.push(chunk))
    this.socket.on('error', () => {})
    this.socket.pause()
    this.socket.write(requests)
  }

  /** Reads until the connection ends; everything that came. */
  async rest(): Promise<Buffer> {
    this.socket.resume()
    if (!this.socket.closed) await once(this.socket, 'close')
    return Buffer.concat(this.#chunks)
  }
}

/** A transport whose `/bytes/:count` answers with so many bytes. */
class Scene {
  readonly clock = new ManualClock()
  /** Replies are held back until this resolves. */
  held = Promise.resolve()
  asked = 0
  #transport: TransportScene | null = null

  static async open(t: TestContext, limits: SceneOptions['limits'] = {}): Promise<Scene> {
    const scene = new Scene()
    const { clock } = scene
    scene.#transport = await TransportScene.open(t, { clock, routes: [scene.#route()], limits: limits! })
    return scene
  }

  get transport(): TransportScene {
    return this.#transport!
  }

  get buffered(): number {
    return this.transport.transport.stats().buffered
  }

  /** Asks for replies of so many bytes, all at once, and reads none of them. */
  ask(bytes: number, times = 1, method = 'GET'): Reader {
    const requests = Array(times).fill(`${method} /bytes/${bytes} HTTP/1.1\r\nHost: x`)
    return new Reader(this.transport.port, `${requests.join('\r\n\r\n')}\r\nConnection: close\r\n\r\n`)
  }

  /** Until the system takes nothing more; how much waits then. */
  async untilStill(): Promise<number> {
    let before = 0
    for (let still = 0; still < 20; ) {
      await turn()
      const now = this.buffered
      still = now > 0 && now === before ? still + 1 : 0
      before = now
    }
    return before
  }

  #route(): HttpRoute {
    return {
      method: 'GET',
      path: '/bytes/:count',
      summary: '',
      tag: '',
      replies: {},
      answer: async ({ params }) => {
        this.asked += 1
        await this.held
        return { status: 200, body: bodyOf(Number(params.count)) }
      },
    }
  }
}

function bodyOf(bytes: number): string {
  return '€'.padEnd(bytes - 2, '0123456789')
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn()
}

test('a reply that is not read counts, and its connection ends when nothing of it is taken for a while', async (t) => {
  const scene = await Scene.open(t, { softBacklogFor: 10_000 })
  const reader = scene.ask(much)
  const waiting = await scene.untilStill()
  assert.ok(waiting > 0 && waiting < much, `${waiting}`)
  scene.clock.advance(9000)
  assert.equal(scene.buffered, waiting)
  scene.clock.advance(2000)
  await until(() => scene.buffered === 0)
  assert.deepEqual(scene.transport.counted, ['slow_consumers_total'])
  const [line, ...others] = scene.transport.logged
  assert.deepEqual(line?.fields, { code: 'slow_consumer', method: 'GET', path: `/bytes/${much}` })
  assert.deepEqual(others, [])
  assert.ok((await reader.rest()).length < much)
})

test('whoever reads slowly but steadily gets all of a reply, however large and however long it takes', async (t) => {
  const limits = { softBacklog: megabyte, softBacklogFor: 10_000, hardBacklog: 8 * megabyte }
  const scene = await Scene.open(t, limits)
  const reader = scene.ask(much)
  for (let waiting = await scene.untilStill(); waiting > 0; waiting = scene.buffered) {
    reader.socket.resume()
    await until(() => scene.buffered < waiting)
    reader.socket.pause()
    scene.clock.advance(9000)
  }
  assert.ok(scene.clock.monotonic() > 2 * limits.softBacklogFor)
  assert.ok((await reader.rest()).subarray(-much).equals(Buffer.from(bodyOf(much))))
  assert.deepEqual(scene.transport.counted, [])
})

test('requests sent ahead on one connection are answered one by one, each when the reply before it has been taken', async (t) => {
  const scene = await Scene.open(t)
  const reader = scene.ask(much / 8, 8)
  const waiting = await scene.untilStill()
  assert.ok(waiting < (much / 8) * 1.1, 'no more than one reply waits')
  assert.ok(scene.asked < 8, `${scene.asked}`)
  const all = (await reader.rest()).toString()
  assert.equal(scene.asked, 8)
  assert.equal(all.split(bodyOf(much / 8)).length, 9)
})

test('small replies that nobody reads end their connection too', async (t) => {
  const scene = await Scene.open(t, { softBacklogFor: 10_000 })
  const request = 'GET /bytes/60000 HTTP/1.1\r\nHost: x\r\n\r\n'
  const reader = new Reader(scene.transport.port, request)
  for (let answered = 0; scene.buffered === 0; await turn()) {
    if (scene.asked === answered) continue
    answered = scene.asked
    reader.socket.write(request)
  }
  assert.ok((await scene.untilStill()) < 61_000)
  scene.clock.advance(9000)
  assert.deepEqual(scene.transport.counted, [])
  scene.clock.advance(2000)
  assert.deepEqual(scene.transport.counted, ['slow_consumers_total'])
  await reader.rest()
})

test('when all replies together are too much, the largest goes first', async (t) => {
  const scene = await Scene.open(t, { totalBacklog: much * 1.1 })
  const large = scene.ask(much)
  await scene.untilStill()
  const small = [scene.ask(much / 4), scene.ask(much / 4)]
  await until(() => scene.transport.counted.length > 0)
  assert.ok(scene.buffered < much / 2)
  assert.ok((await large.rest()).length < much)
  for (const reader of small) assert.ok((await reader.rest()).length > much / 4)
  assert.deepEqual(scene.transport.counted, ['slow_consumers_total'])
  assert.equal(scene.buffered, 0)
})

test('a reply to someone who has gone meanwhile is held by nobody', async (t) => {
  const scene = await Scene.open(t)
  const held = Promise.withResolvers<void>()
  const lost = Promise.withResolvers<void>()
  const watch = (message: unknown): void => {
    const { response } = message as { response: ServerResponse }
    response.once('close', () => lost.resolve())
  }
  subscribe('http.server.request.start', watch)
  t.after(() => unsubscribe('http.server.request.start', watch))
  scene.held = held.promise
  const reader = scene.ask(megabyte)
  await until(() => scene.asked === 1)
  reader.socket.resetAndDestroy()
  await lost.promise
  held.resolve()
  await turn()
  assert.equal(scene.buffered, 0)
})

test('of a large reply HEAD tells the length', async (t) => {
  const scene = await Scene.open(t)
  const head = (await scene.ask(megabyte, 2, 'HEAD').rest()).toString()
  assert.equal(head.match(new RegExp(`Content-Length: ${megabyte}\r\n`, 'g'))?.length, 2)
  assert.match(head, /\r\n\r\n$/)
  assert.equal(scene.buffered, 0)
})
