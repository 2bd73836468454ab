import assert from 'node:assert/strict'
import { bridgeTest as test } from '../../../test/support/bridge-scene.ts'

/** A reply that the test gives when it wants to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<{ status: number }>()
  return { reply: promise, release: () => resolve({ status: 204 }) }
}

test('a message is posted with its author’s name and without mentions', async (scene) => {
  const { server, outbox, startBridge, empty } = await scene()
  await outbox.put(server.link(), 'hi @everyone', 'Clyde')
  startBridge()
  await empty()
  assert.deepEqual(server.posts[0]?.body, {
    username: 'Cly-de',
    content: 'hi @everyone',
    allowed_mentions: { parse: [] },
  })
})

test('messages of one webhook arrive in the order they were written', async (scene) => {
  const { server, outbox, startBridge, empty } = await scene()
  const contents = Array.from({ length: 20 }, (_, n) => `message ${n}`)
  for (const content of contents.slice(0, 10)) await outbox.put(server.link(), content)
  const bridge = startBridge()
  await server.received(3)
  for (const content of contents.slice(10)) await outbox.put(server.link(), content)
  bridge.wake()
  await empty()
  assert.deepEqual(server.contents(), contents)
})

test('a message is never posted twice, however often the bridge is woken', async (scene) => {
  const { server, outbox, startBridge, empty } = await scene()
  const bridge = startBridge()
  for (let n = 0; n < 50; n++) {
    await outbox.put(server.link(n % 5), `message ${n}`)
    bridge.wake()
  }
  await server.received(10)
  bridge.wake()
  await empty()
  assert.equal(new Set(server.contents()).size, 50)
  assert.equal(server.posts.length, 50)
})

test('what the outbox said before a message arrived does not post it again', async (scene, t) => {
  const [reply, late] = [held(), held()]
  const { server, outbox, startBridge, empty } = await scene(() => reply.reply)
  await outbox.put(server.link(), 'one')
  const bridge = startBridge()
  await server.received(1)
  const due = outbox.due.bind(outbox)
  const answeredLate = async (now: number, limit: number) => {
    const found = await due(now, limit)
    await late.reply
    return found
  }
  const asked = t.mock.method(outbox, 'due', answeredLate, { times: 1 })
  bridge.wake()
  while (asked.mock.callCount() === 0) await new Promise(setImmediate)
  reply.release()
  await empty()
  await new Promise(setImmediate)
  await outbox.put(server.link(), 'two')
  late.release()
  await server.received(2)
  assert.deepEqual(server.contents(), ['one', 'two'])
})

test('it sleeps until it is woken', async (scene) => {
  const { server, outbox, startBridge, empty } = await scene()
  await outbox.put(server.link(), 'one')
  const bridge = startBridge()
  await empty()
  await outbox.put(server.link(), 'two')
  bridge.wake()
  await empty()
  assert.deepEqual(server.contents(), ['one', 'two'])
})

test('a long message arrives in parts, before the next message', async (scene) => {
  const { server, outbox, startBridge, empty } = await scene()
  const text = Array.from({ length: 900 }, (_, n) => `word${n}`).join(' ')
  await outbox.put(server.link(), text)
  await outbox.put(server.link(), 'next')
  startBridge()
  await empty()
  const parts = server.contents()
  assert.equal(parts.pop(), 'next')
  assert.equal(parts.length, 4)
  assert.equal(parts.join(''), text)
})

test('parts that have arrived are not posted again after a restart', async (scene) => {
  const third = held()
  const { server, outbox, startBridge, empty } = await scene((_, nth) =>
    nth === 3 ? third.reply : { status: 204 },
  )
  const id = await outbox.put(server.link(), 'a'.repeat(8000))
  const first = startBridge()
  await server.received(3)
  const stopped = first.stop()
  third.release()
  await stopped
  assert.equal(outbox.get(id)?.partsSent, 3)
  assert.equal(server.posts.length, 3)
  await outbox.restart()
  startBridge()
  await empty()
  assert.equal(server.contents().join(''), 'a'.repeat(8000))
})

test('a part that failed is posted again, those before it are not', async (scene) => {
  const { server, outbox, clock, startBridge, empty } = await scene((_, nth) => ({
    status: nth === 2 ? 500 : 204,
  }))
  const id = await outbox.put(server.link(), `${'a'.repeat(2000)}${'b'.repeat(2000)}c`)
  startBridge()
  await outbox.until(() => outbox.get(id)?.attempts === 1)
  assert.deepEqual(outbox.get(id)?.partsSent, 1)
  clock.advance(500)
  await empty()
  assert.deepEqual(
    server.contents().map((content) => content[0]),
    ['a', 'b', 'b', 'c'],
  )
})

test('after 429 the webhook waits as long as it was told, and what follows waits behind it', async (scene) => {
  const { server, outbox, clock, startBridge, empty } = await scene((_, nth) =>
    nth === 1
      ? { status: 429, headers: { 'retry-after': '1.5' }, body: '{"retry_after":1.5}' }
      : { status: 204 },
  )
  const id = await outbox.put(server.link(), 'one')
  await outbox.put(server.link(), 'two')
  startBridge()
  await outbox.until(() => outbox.get(id)?.dueAt === clock.now() + 1500)
  assert.equal(outbox.get(id)?.attempts, 0)
  clock.advance(1499)
  assert.equal(server.posts.length, 1)
  clock.advance(1)
  await empty()
  assert.deepEqual(server.contents(), ['one', 'one', 'two'])
})

test('a limited webhook does not hold up another', async (scene) => {
  const { server, outbox, startBridge } = await scene(({ path }) =>
    path.includes('/1/') ? { status: 429, headers: { 'retry-after': '60' } } : { status: 204 },
  )
  const limited = await outbox.put(server.link(1), 'one')
  const free = await outbox.put(server.link(2), 'two')
  startBridge()
  await outbox.until(() => outbox.get(free) === undefined && (outbox.get(limited)?.dueAt ?? 0) > 0)
  assert.equal(outbox.waiting.length, 1)
})

test('when the limit is used up, the next message waits for its end', async (scene) => {
  const { server, outbox, clock, startBridge, empty } = await scene((_, nth) => ({
    status: 204,
    headers: { 'x-ratelimit-remaining': nth === 1 ? '0' : '4', 'x-ratelimit-reset-after': '2.5' },
  }))
  await outbox.put(server.link(), 'one')
  const second = await outbox.put(server.link(), 'two')
  startBridge()
  await outbox.until(() => outbox.get(second)?.dueAt === clock.now() + 2500)
  assert.deepEqual(server.contents(), ['one'])
  clock.advance(2500)
  await empty()
  assert.deepEqual(server.contents(), ['one', 'two'])
})

test('a server that fails is tried again with longer and longer pauses', async (scene) => {
  const { server, outbox, clock, startBridge, empty } = await scene((_, nth) =>
    nth <= 2 ? { status: 503 } : nth === 3 ? 'drop' : { status: 204 },
  )
  const id = await outbox.put(server.link(), 'one')
  startBridge()
  for (const [attempts, pause] of [
    [1, 500],
    [2, 1000],
    [3, 2000],
  ] as const) {
    await outbox.until(() => outbox.get(id)?.attempts === attempts)
    assert.equal(outbox.get(id)?.dueAt, clock.now() + pause)
    clock.advance(pause)
  }
  await empty()
  assert.equal(server.posts.length, 4)
})

test('a message waits for its time across a restart', async (scene) => {
  const { server, outbox, clock, startBridge, empty, asleep } = await scene((_, nth) => ({
    status: nth === 1 ? 500 : 204,
  }))
  const id = await outbox.put(server.link(), 'one')
  const bridge = startBridge()
  await outbox.until(() => outbox.get(id)?.attempts === 1)
  await bridge.stop()
  assert.equal(clock.pending, 0)
  await outbox.restart()
  startBridge()
  await asleep()
  assert.equal(server.posts.length, 1)
  clock.advance(500)
  await empty()
  assert.deepEqual(server.contents(), ['one', 'one'])
})

test('after the last attempt a message is buried, and the next one goes out', async (scene) => {
  const { server, outbox, clock, startBridge } = await scene(
    ({ body }) => ({ status: body.content === 'one' ? 500 : 204 }),
    { attempts: 2 },
  )
  const first = await outbox.put(server.link(), 'one')
  const second = await outbox.put(server.link(), 'two')
  startBridge()
  await outbox.until(() => outbox.get(first)?.attempts === 1)
  clock.advance(500)
  await outbox.until(() => outbox.get(second) === undefined)
  assert.equal(outbox.get(first)?.deadBecause, 'tried 2 times in vain, at last: status 500')
  assert.deepEqual(server.contents(), ['one', 'one', 'two'])
})

test('a message that is refused is buried at once, and the next one goes out', async (scene) => {
  for (const status of [400, 302]) {
    const { server, outbox, startBridge } = await scene(({ body }) => ({
      status: body.content === 'bad' ? status : 204,
    }))
    const bad = await outbox.put(server.link(), 'bad')
    const good = await outbox.put(server.link(), 'good')
    startBridge()
    await outbox.until(() => outbox.get(good) === undefined)
    assert.match(outbox.get(bad)?.deadBecause ?? '', new RegExp(`answered ${status}`))
    assert.equal(server.posts.length, 2)
  }
})

test('a webhook that is gone is not asked again for a minute', async (scene) => {
  const { server, outbox, clock, startBridge, empty } = await scene(() => ({ status: 404 }))
  for (let n = 0; n < 10; n++) await outbox.put(server.link(), `message ${n}`)
  const other = await outbox.put(server.link(2), 'another webhook')
  const bridge = startBridge()
  await empty()
  assert.equal(server.posts.length, 2)
  for (const { deadBecause } of await outbox.dead(100)) assert.match(deadBecause ?? '', /no longer exists/)
  assert.ok(outbox.get(other)?.deadBecause)
  clock.advance(60_000)
  await outbox.put(server.link(), 'is it back?')
  bridge.wake()
  await empty()
  assert.equal(server.posts.length, 3)
})

test('a webhook that never answers is given up on after the time-out, and tried again', async (scene) => {
  const { server, outbox, clock, startBridge, empty } = await scene((_, nth) =>
    nth === 1 ? new Promise(() => {}) : { status: 204 },
  )
  const id = await outbox.put(server.link(), 'one')
  startBridge()
  await server.received(1)
  clock.advance(5000)
  await outbox.until(() => outbox.get(id)?.attempts === 1)
  clock.advance(500)
  await empty()
  assert.equal(server.posts.length, 2)
})

test('webhooks are posted to at the same time, but no more than allowed', async (scene) => {
  const replies = Array.from({ length: 4 }, held)
  const { server, outbox, startBridge, empty } = await scene((_, nth) => replies[nth - 1]!.reply, {
    inFlight: 3,
  })
  for (let webhook = 1; webhook <= 4; webhook++) await outbox.put(server.link(webhook), `to ${webhook}`)
  const bridge = startBridge()
  await server.received(3)
  bridge.wake()
  assert.deepEqual(server.contents().sort(), ['to 1', 'to 2', 'to 3'])
  replies[1]!.release()
  await server.received(4)
  for (const { release } of replies) release()
  await empty()
})

test('what has nothing to say is buried without a post', async (scene) => {
  const { server, outbox, startBridge } = await scene()
  const blank = await outbox.put(server.link(), ' \n ')
  startBridge()
  await outbox.until(() => outbox.get(blank)?.deadBecause === 'there is nothing to say')
  assert.equal(server.posts.length, 0)
})

test('a link that is not taken any more is buried without a post', async (scene) => {
  const { server, outbox, startBridge } = await scene(undefined, { trustedOrigins: [] })
  const id = await outbox.put(server.link(), 'one')
  startBridge()
  await outbox.until(() => outbox.get(id)?.deadBecause === 'the link is not one this gateway posts to')
  assert.equal(server.posts.length, 0)
})

test('a host of the list that resolves to an address inside is not posted to', async (scene) => {
  const { outbox, startBridge, told } = await scene(undefined, { hosts: ['localhost'], attempts: 1 })
  const id = await outbox.put('https://localhost/api/webhooks/1/secret-token', 'one')
  startBridge()
  await outbox.until(() => outbox.get(id)?.deadBecause === 'tried 1 times in vain, at last: EPRIVATE')
  assert.match(JSON.stringify(told), /given up/)
})

test('while the store fails, what has arrived is not posted again', async (scene) => {
  const { server, outbox, clock, startBridge, empty, told } = await scene()
  await outbox.put(server.link(), 'one')
  await outbox.put(server.link(), 'two')
  outbox.failure = new Error('the disk is full')
  const bridge = startBridge()
  await server.received(1)
  const writesTried = () => told.filter((words) => JSON.stringify(words).includes('was not kept')).length
  while (writesTried() < 3) {
    bridge.wake()
    clock.advance(1000)
    await new Promise(setImmediate)
  }
  assert.equal(server.posts.length, 1)
  outbox.failure = null
  clock.advance(1000)
  await empty()
  assert.deepEqual(server.contents(), ['one', 'two'])
})

test('stopping does not wait for a store that fails', async (scene) => {
  const { server, outbox, startBridge, told } = await scene()
  await outbox.put(server.link(), 'one')
  outbox.failure = new Error('the disk is full')
  const bridge = startBridge()
  await server.received(1)
  await bridge.stop()
  assert.match(JSON.stringify(told), /was not kept/)
})

test('an outbox that cannot be read is asked again', async (scene, t) => {
  const { server, outbox, clock, startBridge, empty, asleep } = await scene()
  await outbox.put(server.link(), 'one')
  const due = t.mock.method(outbox, 'due', () => Promise.reject(new Error('busy')), { times: 1 })
  startBridge()
  await asleep()
  assert.equal(due.mock.callCount(), 1)
  clock.advance(1000)
  await empty()
  assert.equal(server.posts.length, 1)
})

test('two bridges in one process do not meet', async (scene) => {
  const [left, right] = [await scene(), await scene()]
  await left.outbox.put(left.server.link(), 'left')
  await right.outbox.put(right.server.link(), 'right')
  left.startBridge()
  right.startBridge()
  await Promise.all([left.empty(), right.empty()])
  assert.deepEqual([left.server.contents(), right.server.contents()], [['left'], ['right']])
})
