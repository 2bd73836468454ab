import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { startWebhookServer } from '../../../test/support/webhook-server.ts'
import { publicLookup } from './addresses.ts'
import { post } from './post.ts'

const message = { username: 'Ada', content: 'hello', allowed_mentions: { parse: [] as const } }
const lookup = publicLookup()

function trusted(url: string) {
  return { url, webhookId: '1', trusted: true }
}

test('a message is posted as JSON, and the answer comes back', async (t) => {
  const headers = { 'Retry-After': '1.5', 'X-RateLimit-Scope': 'user' }
  const server = await startWebhookServer(() => ({ status: 429, headers, body: '{"retry_after":1.5}' }))
  t.after(server.stop)
  const clock = new ManualClock()
  const answer = await post(trusted(server.link()), message, { clock, timeout: 5000, lookup })
  assert.ok('status' in answer)
  assert.equal(answer.status, 429)
  assert.equal(answer.header('retry-after'), '1.5')
  assert.equal(answer.header('constructor'), undefined)
  assert.equal(answer.body, '{"retry_after":1.5}')
  assert.deepEqual(server.posts, [
    { path: '/api/webhooks/1/secret-token', query: '?wait=true', body: message },
  ])
  assert.equal(clock.pending, 0)
})

test('a redirect is an answer, and nobody goes where it points', async (t) => {
  const inside = await startWebhookServer()
  const server = await startWebhookServer(() => ({ status: 307, headers: { location: inside.link() } }))
  t.after(() => Promise.all([server.stop(), inside.stop()]))
  const answer = await post(trusted(server.link()), message, {
    clock: new ManualClock(),
    timeout: 5000,
    lookup,
  })
  assert.ok('status' in answer && answer.status === 307)
  assert.equal(inside.posts.length, 0)
})

test('silence ends at the time-out, and the connection with it', async (t) => {
  const clock = new ManualClock()
  const server = await startWebhookServer(() => new Promise(() => {}))
  t.after(server.stop)
  const answer = post(trusted(server.link()), message, { clock, timeout: 5000, lookup })
  await server.received(1)
  clock.advance(5000)
  assert.deepEqual(await answer, { failed: 'timeout' })
})

test('a cut connection and a closed port are named by their code alone', async () => {
  const server = await startWebhookServer(() => 'drop')
  const options = { clock: new ManualClock(), timeout: 5000, lookup }
  assert.deepEqual(await post(trusted(server.link()), message, options), { failed: 'ECONNRESET' })
  await server.stop()
  assert.deepEqual(await post(trusted(server.link()), message, options), { failed: 'ECONNREFUSED' })
})

test('what answers with something that is not HTTP has failed', async (t) => {
  const server = createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n'))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  const link = trusted(`http://127.0.0.1:${port}/api/webhooks/1/t`)
  const answer = await post(link, message, { clock: new ManualClock(), timeout: 5000, lookup })
  assert.ok('failed' in answer && answer.failed.startsWith('HPE_'))
})

test('of a long answer only the beginning is read, and its status counts', async (t) => {
  const server = await startWebhookServer(() => ({ status: 400, body: 'x'.repeat(5_000_000) }))
  t.after(server.stop)
  const answer = await post(trusted(server.link()), message, {
    clock: new ManualClock(),
    timeout: 5000,
    lookup,
  })
  assert.ok('status' in answer && answer.status === 400 && answer.body.length < 1_000_000)
})

test('an answer that breaks off counts by its status, so that the message is not posted again', async (t) => {
  const server = await startWebhookServer(() => ({
    status: 200,
    headers: { 'content-length': '1000', connection: 'close' },
    body: '{"id":',
  }))
  t.after(server.stop)
  const clock = new ManualClock()
  const answer = post(trusted(server.link()), message, { clock, timeout: 5000, lookup })
  await server.received(1)
  assert.ok('status' in (await answer))
})

test('a name that stands for an address inside is not connected to', async (t) => {
  const inside = await startWebhookServer()
  t.after(inside.stop)
  const link = { url: inside.link().replace('127.0.0.1', 'localhost'), webhookId: '1', trusted: false }
  const answer = await post(link, message, { clock: new ManualClock(), timeout: 5000, lookup })
  assert.deepEqual(answer, { failed: 'EPRIVATE' })
  assert.equal(inside.posts.length, 0)
})
