import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { http } from '../harness.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { held } from './support/memory.ts'
import { times } from './support/scale.ts'
import { Victim } from './support/victim.ts'

const megabyte = 2 ** 20
const path = '/big/history?limit=100'
/** So many replies of a megabyte each are asked for at once: more than the system keeps for any connection. */
const ahead = 30

const clock = new ManualClock()
const victim = await Victim.start({ after }, {}, clock)
const body = JSON.stringify('x'.repeat(60_000))
await Promise.all(Array.from({ length: 40 }, () => http(victim, 'POST', '/big/emit', { body })))
const page = (await http(victim, 'GET', path)).text

/** Someone who asks for the history again and again without waiting, and reads nothing. */
function ask(): Socket {
  const socket = connect(victim.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.pause()
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(ahead))
  return socket
}

/** Reads on to the end of the connection; how much came. */
async function rest(socket: Socket): Promise<number> {
  let length = 0
  socket.on('data', (chunk) => {
    length += chunk.length
  })
  socket.resume()
  await once(socket, 'close')
  return length
}

/** What the gateway says of itself. */
async function figure(name: string): Promise<number> {
  const { text } = await http(victim, 'GET', '/metrics')
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0)
}

const backlog = () => figure('parlance_outbound_backlog_bytes')

/** The backlog once it is more than before, and grows no more. */
async function grown(before: number): Promise<number> {
  let last = before
  for (let equal = 0; equal < 10; ) {
    const now = await backlog()
    equal = now > before && now === last ? equal + 1 : 0
    last = now
  }
  return last
}

test('replies that nobody reads hold one reply for each connection, are counted, and end', async (t) => {
  assert.ok(page.length > 0.9 * megabyte)
  const count = times(5, 50)
  const attack = async () => {
    const slow = await figure('parlance_slow_consumers_total')
    const before = await held()
    const sockets: Socket[] = []
    let waiting = 0
    for (; sockets.length < count; waiting = await grown(waiting)) sockets.push(ask())
    const kept = (await held()) - before
    t.diagnostic(`${count} clients: ${waiting / megabyte} MiB wait, ${kept / megabyte} MiB are held`)
    assert.ok(waiting <= count * page.length * 1.1, `${waiting}`)
    assert.ok(kept <= count * page.length * 2 + 16 * megabyte, `${kept}`)
    while ((await figure('parlance_slow_consumers_total')) < slow + count) clock.advance(1000)
    assert.equal(await backlog(), 0)
    for (const socket of sockets) assert.ok((await rest(socket)) < ahead * page.length)
  }
  await victim.withstands(attack, { lines: () => count })
})

test('whoever reads them slowly gets all of them', async () => {
  const began = clock.monotonic()
  const slow = await figure('parlance_slow_consumers_total')
  const socket = ask()
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  await grown(0)
  while (received.length < ahead * page.length) {
    const enough = received.length + 256 * 1024
    socket.resume()
    while (received.length < Math.min(enough, ahead * page.length)) await once(socket, 'data')
    socket.pause()
    clock.advance(500)
  }
  assert.equal(received.split(page).length, ahead + 1)
  assert.ok(clock.monotonic() - began > 20_000)
  assert.equal(await figure('parlance_slow_consumers_total'), slow)
  socket.destroy()
})
