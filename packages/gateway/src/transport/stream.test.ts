import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { request } from '../../test/support/http-client.ts'
import { RawClient, type SceneOptions, TransportScene } from '../../test/support/transport-scene.ts'
import type { Audience, Connection } from '../ports/connection.ts'
import type { HttpReply, HttpRoute } from '../ports/http.ts'

interface Streams {
  readonly scene: TransportScene
  readonly audience: Audience
  readonly connections: Connection[]
  readonly refused: string[]
  readonly closed: Connection[]
  /** Opens a stream, and reads the head of its response. */
  open(): Promise<{ client: RawClient; head: string }>
}

async function streams(t: TestContext, options: SceneOptions = {}): Promise<Streams> {
  const connections: Connection[] = []
  const refused: string[] = []
  const closed: Connection[] = []
  const route: HttpRoute = {
    method: 'GET',
    path: '/stream',
    summary: '',
    tag: '',
    replies: {},
    answer: () => ({
      status: 200,
      headers: { 'Content-Type': 'text/event-stream' },
      stream(connection) {
        connections.push(connection)
        audience.add(connection)
        connection.send('data: hello\n\n')
        return {
          receive() {},
          wake: () => connection.send(': \n\n'),
          refuse(problem) {
            refused.push(problem.code)
            connection.send(`data: ${problem.code}\n\n`)
            connection.close(4000, '')
          },
          closed() {
            audience.remove(connection)
            closed.push(connection)
          },
        }
      },
    }),
  }
  const scene = await TransportScene.open(t, { ...options, routes: [route, ...(options.routes ?? [])] })
  const audience = scene.transport.outbound.audience('raw')
  const open = async () => {
    const client = await RawClient.open(scene.port)
    client.write('GET /stream HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n\r\n')
    return { client, head: await client.head() }
  }
  return { scene, audience, connections, refused, closed, open }
}

test('a stream is a response that stays open, written as it is, and ends with the connection', async (t) => {
  const { scene, audience, connections, open } = await streams(t)
  const { client, head } = await open()
  assert.match(head, /^HTTP\/1.1 200 /)
  assert.match(head, /Content-Type: text\/event-stream\r\n/)
  assert.match(head, /Connection: close\r\n/)
  assert.match(head, /Access-Control-Allow-Origin: http:\/\/x\r\n/)
  assert.doesNotMatch(head, /Transfer-Encoding|Content-Length/)
  audience.publish('data: one\n\n')
  connections[0]!.stamp = '42'
  audience.publish({ head: 'id: ', tail: '\ndata: two\n\n' })
  connections[0]!.send('data: three\n\n')
  connections[0]!.close(1000, 'over')
  connections[0]!.send('never')
  const expected = 'data: hello\n\ndata: one\n\nid: 42\ndata: two\n\ndata: three\n\n'
  assert.equal((await client.rest()).toString(), expected)
  assert.equal(scene.transport.stats().connections, 0)
})

test('a client that goes away is noticed', async (t) => {
  const { scene, closed, open } = await streams(t)
  const first = await open()
  const second = await open()
  assert.equal(scene.transport.stats().connections, 2)
  first.client.socket.end()
  second.client.socket.resetAndDestroy()
  while (closed.length < 2) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(scene.transport.stats().connections, 0)
})

test('a stream counts as a connection: in the limits, among the slow, in a drain', async (t) => {
  const limits = { connectionsPerAddress: 1, softBacklog: 0, hardBacklog: 200_000 }
  const { scene, audience, refused, open } = await streams(t, { mode: 'production', limits })
  const { client } = await open()
  assert.match((await open()).head, /^HTTP\/1.1 429 /)
  client.socket.pause()
  for (let sent = 0; refused.length === 0; sent += 50_000) {
    assert.ok(sent < 200_000_000)
    audience.publish('x'.repeat(50_000))
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(refused, ['slow_consumer'])
  client.socket.resume()
  assert.match((await client.rest()).subarray(-30).toString(), /data: slow_consumer\n\n$/)
  const { client: last } = await open()
  const drained = scene.transport.drain(0, 60_000)
  assert.match((await last.rest()).toString(), /data: going_down\n\n$/)
  await drained
})

test('a client that goes away before its stream is opened leaves nothing behind', async (t) => {
  let opened = 0
  let open = (_: HttpReply): void => {}
  const asked = Promise.withResolvers<void>()
  const lost = Promise.withResolvers<void>()
  const watch = (message: unknown): void => {
    const { response } = message as { response: ServerResponse }
    response.once('close', () => lost.resolve())
  }
  subscribe('http.server.request.start', watch)
  t.after(() => unsubscribe('http.server.request.start', watch))
  const route: HttpRoute = {
    method: 'GET',
    path: '/slow',
    summary: '',
    tag: '',
    replies: {},
    answer: () => {
      asked.resolve()
      return new Promise<HttpReply>((resolve) => {
        open = resolve
      })
    },
  }
  const scene = await TransportScene.open(t, { routes: [route] })
  const client = await RawClient.open(scene.port)
  client.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
  await asked.promise
  client.socket.resetAndDestroy()
  await lost.promise
  open({
    status: 200,
    stream: () => {
      opened += 1
      return { receive() {}, wake() {}, refuse() {}, closed() {} }
    },
  })
  await request('GET', `${scene.http}/nothing`)
  assert.equal(opened, 0)
  assert.equal(scene.transport.stats().connections, 0)
})

test('a stream that is asked for before the reply to another request has come opens after it', async (t) => {
  const answers = Promise.withResolvers<HttpReply>()
  const slow: HttpRoute = {
    method: 'GET',
    path: '/slow',
    summary: '',
    tag: '',
    replies: {},
    answer: () => answers.promise,
  }
  const { scene, connections } = await streams(t, { routes: [slow] })
  const client = await RawClient.open(scene.port)
  client.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /stream HTTP/1.1\r\nHost: x\r\n\r\n')
  await request('GET', `${scene.http}/nothing`)
  answers.resolve({ status: 204 })
  assert.match(await client.head(), /^HTTP\/1.1 204 /)
  assert.match(await client.head(), /^HTTP\/1.1 200 [\s\S]*text\/event-stream/)
  connections[0]!.close(1000, '')
  assert.equal((await client.rest()).toString(), 'data: hello\n\n')
})

test('HEAD tells of a stream without opening it', async (t) => {
  const { scene, connections } = await streams(t)
  const { status } = await request('HEAD', `${scene.http}/stream`)
  assert.equal(status, 200)
  assert.deepEqual(connections, [])
})
