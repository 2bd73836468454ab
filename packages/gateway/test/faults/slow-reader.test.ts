import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { http, spawnGateway, type Target } from '../harness.ts'
import { Inspector, inspectable } from '../soak/inspector.ts'
import { figuresOf } from './support/figures.ts'
import { room } from './support/follower.ts'
import { p99, Reader } from './support/reader.ts'
import { times } from './support/scale.ts'
import { type Guest, type Protocol, protocols, waysIn } from './support/ways-in.ts'
import { makeRoom, unlimited } from './support/writing.ts'

const megabyte = 2 ** 20
const hardBacklog = 2 * megabyte
/** Characters of a message, and so about the bytes of each frame. */
const size = 16_000
const user = 'ann'
/** What is held varies so much, whoever is slow: caches that fill, code that is compiled. As in the soak. */
const noise = 4 * megabyte

/** The code with which each protocol closes whom it has to, and the last word before it. */
const endings: Readonly<Record<Protocol, { code: number; lastWord?: RegExp }>> = {
  rooms: { code: 4420 },
  comms: { code: 4099, lastWord: /"c":99,"d":true/ },
  channels: { code: 4420, lastWord: /"code":"SLOW_CONSUMER"/ },
  messenger: { code: 4009 },
  services: { code: 1013 },
}
/** One of each protocol, and an event stream. */
const slowOnes = protocols.length + 1

test('whoever stands still is closed in the words of their protocol and costs no more than the bound; the others hear everything', async (t) => {
  const config = {
    ...unlimited,
    limits: { ...unlimited.limits, hardBacklog, softBacklog: hardBacklog, closeGrace: 600_000 },
    sessions: { ...unlimited.sessions, replayBytes: hardBacklog / 2 },
    messenger: { ...unlimited.messenger, maxMessage: size },
    services: {
      ...unlimited.services,
      events: [
        { name: 'NEWS', from: 'all', to: 'all', delivery: 'all', data: { additionalProperties: true } },
      ],
    },
  } as const
  const gateway = await spawnGateway(config, () => ({ env: inspectable }))
  const healthy = times(3, 40)
  const atLeast = times(0, 200 * megabyte)
  try {
    await makeRoom(gateway, [user])
    const inspector = await Inspector.attach(gateway.spawned)
    const writer = await Writer.enter(gateway)
    const readers: Reader[] = []
    for (const protocol of protocols) {
      for (let i = 0; i < healthy; i++) {
        readers.push(new Reader(await waysIn[protocol](gateway, user), writer.writtenAt))
      }
    }
    /** Ten messages, until all who are healthy have read them: a test that only wrote would make everyone slow. */
    const burst = async () => {
      for (let i = 0; i < 10; i++) await writer.write()
      await Promise.all(readers.map((reader) => reader.until(writer.written)))
      const { outbound_backlog_bytes: backlog = 0, slow_consumers_total: slow = 0 } = await figuresOf(gateway)
      return { backlog, slow }
    }
    const memory = async () => {
      const { heap, external, resident } = await inspector.memory()
      return { held: heap + external, resident }
    }
    const delays = (from: number) => p99(readers.flatMap((reader) => reader.delaysFrom(from)))

    await burst()
    const before = await memory()
    let first = writer.written
    for (let i = 0; i < times(5, 20); i++) {
      assert.equal((await burst()).backlog, 0, 'nothing waits for those who read')
    }
    const without = delays(first)

    const slow = new Map<Protocol, Guest>()
    for (const protocol of protocols) {
      const guest = await waysIn[protocol](gateway, user)
      guest.socket.pause()
      slow.set(protocol, guest)
    }
    const stream = await openStream(gateway)
    first = writer.written
    const highest = { ...before, backlog: 0 }
    let closed = 0
    while (closed < slowOnes || writer.written * size * readers.length < atLeast) {
      const { backlog, slow } = await burst()
      closed = slow
      if (backlog === 0) continue
      const { held, resident } = await memory()
      highest.backlog = Math.max(highest.backlog, backlog)
      highest.held = Math.max(highest.held, held)
      highest.resident = Math.max(highest.resident, resident)
    }
    const meanwhile = delays(first)

    assert.equal(closed, slowOnes, 'nobody else was too slow')
    const bound = slowOnes * (hardBacklog + 12 * size)
    assert.ok(highest.backlog <= bound, `${highest.backlog} bytes waited, at most ${bound} may`)
    const grown = highest.held - before.held
    assert.ok(grown <= bound + noise, `what is held grew by ${grown} bytes; ${bound} may wait`)
    for (const [protocol, guest] of slow) {
      const { code, lastWord } = endings[protocol]
      guest.socket.resume()
      const last = await lastFrame(guest)
      assert.equal((await guest.closed).code, code, protocol)
      if (lastWord !== undefined) assert.match(last, lastWord, protocol)
    }
    assert.match(await restOf(stream), /SLOW_CONSUMER/)
    assert.equal((await burst()).backlog, 0, 'nothing waits for those who read')
    const { held } = await memory()
    assert.ok(held <= before.held + noise, `${before.held} bytes were held, and now ${held}`)
    await inspector.close()
    await Promise.all(readers.map(({ guest }) => guest.terminate()))

    const inAll = writer.written * size * readers.length
    t.diagnostic(`${writer.written} messages to ${readers.length} readers, ${inMegabytes(inAll)} MB`)
    t.diagnostic(
      `for ${slowOnes} slow ones ${inMegabytes(highest.backlog)} MB waited at most; what is held grew by ` +
        `${inMegabytes(grown)} MB, resident memory by ${inMegabytes(highest.resident - before.resident)} MB`,
    )
    t.diagnostic(
      `99 of 100 deliveries to the others took at most ${without.toFixed(1)} ms before and ${meanwhile.toFixed(1)} ms ` +
        `meanwhile: ${(meanwhile / without).toFixed(2)} times as long`,
    )
  } finally {
    await gateway.dispose()
  }
})

const inMegabytes = (bytes: number) => (bytes / megabyte).toFixed(1)

/** Writes messages into the room, and the same to services. */
class Writer {
  readonly writtenAt: number[] = []
  readonly #target: Target
  readonly #service: Guest

  static async enter(target: Target): Promise<Writer> {
    return new Writer(target, await waysIn.services(target, user))
  }

  private constructor(target: Target, service: Guest) {
    this.#target = target
    this.#service = service
  }

  get written(): number {
    return this.writtenAt.length
  }

  async write(): Promise<void> {
    const content = `number ${this.written} `.padEnd(size, 'x')
    this.writtenAt.push(performance.now())
    this.#service.send({ op: 2, t: 'NEWS', d: { content } })
    const { status, text } = await http(this.#target, 'POST', `/${room}/emit`, { json: { content } })
    assert.equal(status, 200, text)
  }
}

async function lastFrame(guest: Guest): Promise<string> {
  let last = ''
  try {
    for (;;) last = await guest.nextText()
  } catch {
    return last
  }
}

/** An event stream that nobody reads. */
function openStream({ url }: Target): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'text/event-stream' }
    request(`${url}/${room}/listen`, { headers, agent: false }, (response) => {
      response.pause()
      resolve(response)
    })
      .on('error', reject)
      .end()
  })
}

/** The end of what an event stream says. */
async function restOf(stream: Readable): Promise<string> {
  let last = ''
  for await (const chunk of stream) last = (last + chunk).slice(-1000)
  return last
}
