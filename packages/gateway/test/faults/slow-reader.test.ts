import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import {
  connectChannels,
  connectRooms,
  http,
  type SocketClient,
  spawnGateway,
  type Target,
  type TestProcess,
  tokenFor,
} from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { room } from './support/follower.ts'
import { times } from './support/scale.ts'
import { makeRoom, unlimited } from './support/writing.ts'

const megabyte = 2 ** 20
const hardBacklog = 2 * megabyte
/** Characters of a message, and so about the bytes of each frame. */
const size = 16_000
const user = 'ann'

/** Ways in, the code with which each protocol closes whom it has to, and the last word before it. */
const protocols: Readonly<
  Record<string, { enter(target: Target): Promise<SocketClient>; code: number; lastWord: RegExp | null }>
> = {
  rooms: {
    async enter(target) {
      const client = await connectRooms(target, { roomId: room, participantId: tokenFor(user) })
      await client.next()
      return client
    },
    code: 4420,
    lastWord: null,
  },
  comms: {
    enter: async (target) => (await CommsClient.join(target, user)).socket,
    code: 4099,
    lastWord: /"c":99,"d":true/,
  },
  channels: {
    async enter(target) {
      const client = await connectChannels(target, room, { bearer: tokenFor(user) })
      await client.next()
      return client
    },
    code: 4420,
    lastWord: /"code":"SLOW_CONSUMER"/,
  },
  messenger: {
    enter: async (target) => (await MessengerClient.subscribed(target, user)).socket,
    code: 4009,
    lastWord: null,
  },
}

test('whoever stands still is closed in the words of their protocol and costs no more than the bound; the others hear everything', async (t) => {
  const gateway = await spawnGateway({
    ...unlimited,
    limits: { ...unlimited.limits, hardBacklog, softBacklog: hardBacklog, closeGrace: 600_000 },
    sessions: { ...unlimited.sessions, replayBytes: hardBacklog / 2 },
    messenger: { ...unlimited.messenger, maxMessage: size },
  })
  const healthy = times(3, 49)
  const atLeast = times(0, 200 * megabyte)
  try {
    await makeRoom(gateway, [user])
    const slow = new Map<string, SocketClient>()
    for (const [protocol, { enter }] of Object.entries(protocols)) {
      const client = await enter(gateway)
      client.socket.pause()
      slow.set(protocol, client)
    }
    const stream = await openStream(gateway)
    const readers: Reader[] = []
    for (const { enter } of Object.values(protocols)) {
      for (let i = 0; i < healthy; i++) readers.push(new Reader(await enter(gateway)))
    }
    const before = await figures(gateway)
    const highest = { ...before }

    let number = 0
    let now = before
    while (now.slow < slow.size + 1 || number * size * readers.length < atLeast) {
      for (let burst = 0; burst < 10; burst++) await write(gateway, number++)
      // Who is healthy has read: a test that only wrote would make everyone slow.
      await Promise.all(readers.map((reader) => reader.until(number)))
      now = await figures(gateway)
      highest.backlog = Math.max(highest.backlog, now.backlog)
      highest.resident = Math.max(highest.resident, now.resident)
    }

    assert.equal(now.slow, slow.size + 1, 'nobody else was too slow')
    const bound = (slow.size + 1) * (hardBacklog + 12 * size)
    assert.ok(highest.backlog <= bound, `${highest.backlog} bytes waited, at most ${bound} may`)
    for (const [protocol, client] of slow) {
      const { code, lastWord } = protocols[protocol]!
      client.socket.resume()
      const last = await lastFrame(client)
      assert.equal((await client.closed).code, code, protocol)
      if (lastWord !== null) assert.match(last, lastWord, protocol)
    }
    assert.match(await restOf(stream), /SLOW_CONSUMER/)
    await write(gateway, number++)
    await Promise.all(readers.map((reader) => reader.until(number)))
    await Promise.all(readers.map((reader) => reader.client.terminate()))
    const grown = (highest.resident - before.resident) / megabyte
    t.diagnostic(
      `${number} messages to ${readers.length} readers, ${Math.round((number * size * readers.length) / megabyte)} MB; ` +
        `${slow.size + 1} slow ones held ${(highest.backlog / megabyte).toFixed(1)} MB at most; resident memory grew by ${Math.round(grown)} MB`,
    )
  } finally {
    await gateway.dispose()
  }
})

async function write(target: Target, number: number): Promise<void> {
  const content = `number ${number} `.padEnd(size, 'x')
  const { status, text } = await http(target, 'POST', `/${room}/emit`, { json: { content } })
  assert.equal(status, 200, text)
}

/** Hears every message, in order. */
class Reader {
  readonly client: SocketClient
  #heard = 0

  constructor(client: SocketClient) {
    this.client = client
  }

  /** Resolves when it has heard so many. */
  async until(count: number): Promise<void> {
    while (this.#heard < count) {
      const number = /number (\d+) x/.exec(await this.client.nextText())?.[1]
      if (number === undefined) continue
      assert.equal(Number(number), this.#heard, 'every message, in order')
      this.#heard += 1
    }
  }
}

async function lastFrame(client: SocketClient): Promise<string> {
  let last = ''
  try {
    for (;;) last = await client.nextText()
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

async function figures(target: TestProcess): Promise<{ backlog: number; slow: number; resident: number }> {
  const { text } = await http(target, 'GET', '/metrics')
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0)
  return {
    backlog: figure('parlance_outbound_backlog_bytes'),
    slow: figure('parlance_slow_consumers_total'),
    resident: figure('process_resident_memory_bytes'),
  }
}
