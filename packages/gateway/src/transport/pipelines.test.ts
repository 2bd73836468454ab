import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { request } from '../../test/support/http-client.ts'
import { RawClient, TransportScene } from '../../test/support/transport-scene.ts'
import type { HttpReply, HttpRoute } from '../ports/http.ts'

interface Scene {
  readonly client: RawClient
  /** What has been asked of the route, and so begun. */
  readonly begun: string[]
  /** Answers what was begun first of what is not answered. */
  answerNext(): void
  /** Sends requests that are named by their place, all at once; resolves when they have been read. */
  send(count: number): Promise<void>
  nextStatus(): Promise<number>
}

async function open(t: TestContext): Promise<Scene> {
  const begun: string[] = []
  const waiting: ((reply: HttpReply) => void)[] = []
  const route: HttpRoute = {
    method: 'POST',
    path: '/:name',
    summary: '',
    tag: '',
    replies: {},
    answer({ params }) {
      begun.push(params.name!)
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
  const { http, port } = await TransportScene.open(t, { routes: [route, { ...route, method: 'GET' }] })
  const client = await RawClient.open(port)
  const caughtUp = () => request('GET', `${http}/`)
  return {
    client,
    begun,
    answerNext: () => waiting.shift()!({ status: 204 }),
    async send(count) {
      const heads = Array.from({ length: count }, (_, place) => `POST /${place} HTTP/1.1\r\nHost: x\r\n`)
      client.write(heads.map((head) => `${head}Content-Length: 2\r\n\r\n{}`).join(''))
      await caughtUp()
    },
    async nextStatus() {
      const head = await client.head()
      await client.bytes(Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? 0))
      await caughtUp()
      return Number(head.slice(9, 12))
    },
  }
}

test('what is sent ahead is begun when the reply to what comes before has been taken', async (t) => {
  const { begun, send, answerNext, nextStatus } = await open(t)
  await send(3)
  for (const done of [['0'], ['0', '1'], ['0', '1', '2']]) {
    assert.deepEqual(begun, done)
    answerNext()
    assert.equal(await nextStatus(), 204)
  }
})

test('more than a hundred that wait are refused, in their place', async (t) => {
  const { begun, send, answerNext, nextStatus } = await open(t)
  await send(104)
  const statuses: number[] = []
  for (let count = 0; count < 104; count++) {
    if (count < 101) answerNext()
    statuses.push(await nextStatus())
  }
  assert.deepEqual(statuses, [...Array(101).fill(204), ...Array(3).fill(429)])
  assert.equal(begun.length, 101)
})

test('what a client has not waited for is not begun', async (t) => {
  const { client, begun, send, answerNext } = await open(t)
  const come = Promise.withResolvers<void>()
  const lost = Promise.withResolvers<void>()
  const watch = (message: unknown): void => {
    const { response } = message as { response: ServerResponse }
    response.once('close', () => lost.resolve())
    come.resolve()
  }
  await send(1)
  subscribe('http.server.request.start', watch)
  t.after(() => unsubscribe('http.server.request.start', watch))
  client.write('GET /late HTTP/1.1\r\nHost: x\r\n\r\n')
  await come.promise
  client.socket.resetAndDestroy()
  await lost.promise
  answerNext()
  await send(0)
  assert.deepEqual(begun, ['0'])
})
