import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import {
  connectChannels,
  http,
  type SocketClient,
  spawnGateway,
  startTestGateway,
  type Target,
  type TestGateway,
  tokenFor,
} from '../../../test/harness.ts'
import { type ChannelFrame, ChannelListener } from '../../../test/support/channel-listener.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { largeText, smallReplay } from '../../../test/support/small-replay.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway({ rooms: { messagesPerSecond: 0 } })
})
after(() => gateway.dispose())

async function emit(target: Target, path: string, json: unknown): Promise<string> {
  const { status, body } = await http(target, 'POST', path, { json })
  assert.equal(status, 200, JSON.stringify(body))
  return body.eventID
}

async function payloads(listener: ChannelListener, count: number): Promise<unknown[]> {
  const heard = []
  for (let i = 0; i < count; i++) heard.push((await listener.until('DATA')).payload)
  return heard
}

const listen = (channel: string, query: Record<string, string> = {}) =>
  ChannelListener.connect(gateway, channel, { query })

describe('since=', () => {
  it('an event brings everything after it, once and in order, before what is new', async () => {
    const listener = await listen('since')
    await emit(gateway, '/since/emit', 1)
    const { eventID } = await listener.take('DATA')
    await listener.client.terminate()
    for (const number of [2, 3, 4]) await emit(gateway, '/since/emit', number)
    const again = await listen('since', { since: eventID })
    await emit(gateway, '/since/emit', 5)
    assert.equal(again.greeting.payload.recovered, true)
    assert.deepEqual(await payloads(again, 4), [2, 3, 4, 5])
  })

  it('the CONNECTED frame brings everything after it too', async () => {
    const listener = await listen('anchor')
    await listener.client.close()
    await emit(gateway, '/anchor/emit', 1)
    const again = await listen('anchor', { since: listener.greeting.eventID })
    assert.equal(again.greeting.payload.recovered, true)
    assert.deepEqual(await payloads(again, 1), [1])
  })

  it('an event that the channel does not have says so, and brings nothing', async () => {
    await emit(gateway, '/unknown/emit', 'before')
    const listener = await listen('unknown', { since: 'evt_gPVZZQC5' })
    assert.equal(listener.greeting.payload.recovered, false)
    await emit(gateway, '/unknown/emit', 'after')
    assert.deepEqual(await payloads(listener, 1), ['after'])
  })

  it('an event of another channel says so', async () => {
    const eventID = await emit(gateway, '/one/emit', 1)
    await emit(gateway, '/two/emit', 1)
    assert.equal((await listen('two', { since: eventID })).greeting.payload.recovered, false)
  })

  it('a CONNECTED frame of another history says so', async () => {
    const other = await startTestGateway()
    try {
      const { greeting } = await ChannelListener.connect(other, 'history')
      const listener = await listen('history', { since: greeting.eventID })
      assert.equal(listener.greeting.payload.recovered, false)
    } finally {
      await other.dispose()
    }
  })

  it('too many events ago says so, rather than bring a part', async () => {
    const own = await startTestGateway({ sessions: { replayLimit: 3 } })
    try {
      const first = await emit(own, '/many/emit', 0)
      for (const number of [1, 2, 3]) await emit(own, '/many/emit', number)
      const all = await ChannelListener.connect(own, 'many', { query: { since: first } })
      assert.equal(all.greeting.payload.recovered, true)
      await emit(own, '/many/emit', 4)
      const none = await ChannelListener.connect(own, 'many', { query: { since: first } })
      assert.equal(none.greeting.payload.recovered, false)
    } finally {
      await own.dispose()
    }
  })

  it('too much to be told at once says so, rather than end a listener that reads', async () => {
    const own = await startTestGateway(smallReplay)
    try {
      const emitLarge = () => emit(own, '/large/emit', largeText)
      const first = await emitLarge()
      for (let i = 0; i < 40; i++) await emitLarge()
      const last = await emitLarge()
      const none = await ChannelListener.connect(own, 'large', { query: { since: first } })
      assert.equal(none.greeting.payload.recovered, false)
      for (let i = 0; i < 5; i++) await emitLarge()
      assert.equal((await payloads(none, 5)).length, 5)
      const all = await ChannelListener.connect(own, 'large', { query: { since: last } })
      assert.equal(all.greeting.payload.recovered, true)
      await emit(own, '/large/emit', 'live')
      assert.equal((await payloads(all, 6)).at(-1), 'live')
    } finally {
      await own.dispose()
    }
  })

  it('brings targeted events to their target only', async () => {
    const listener = await ChannelListener.connect(gateway, 'targets', { bearer: tokenFor('ann') })
    await emit(gateway, `/targets/emit?clients=${listener.id}`, 'for ann')
    await emit(gateway, '/targets/emit', 'for all')
    const since = listener.greeting.eventID
    const ann = await ChannelListener.connect(gateway, 'targets', {
      bearer: tokenFor('ann'),
      query: { since },
    })
    assert.deepEqual(await payloads(ann, 2), ['for ann', 'for all'])
    assert.deepEqual(await payloads(await listen('targets', { since }), 1), ['for all'])
  })

  it('works across a restart, and a listener without it is not told of recovery', async () => {
    const own = await startTestGateway()
    try {
      const since = await emit(own, '/lobby/emit', 1)
      await emit(own, '/lobby/emit', 2)
      await own.restart()
      const listener = await ChannelListener.connect(own, 'lobby', { query: { since } })
      assert.equal(listener.greeting.payload.recovered, true)
      assert.deepEqual(await payloads(listener, 1), [2])
      const plain = await ChannelListener.connect(own, 'lobby')
      assert.deepEqual(Object.keys(plain.greeting.payload), ['members', 'resumeToken'])
    } finally {
      await own.dispose()
    }
  })

  it('misses and doubles nothing, however often the connection breaks while others emit', async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index)
    const first = await listen('breaking')
    const emitted = (async () => {
      for (const number of numbers) await emit(gateway, '/breaking/emit', number)
    })()
    const heard: unknown[] = []
    let since = first.greeting.eventID
    await first.client.terminate()
    for (let stay = 0; heard.length < numbers.length; stay++) {
      const listener = await listen('breaking', { since })
      assert.equal(listener.greeting.payload.recovered, true)
      for (let left = 1 + (stay % 7); left > 0 && heard.length < numbers.length; left--) {
        const { payload, eventID } = await listener.until('DATA')
        heard.push(payload)
        since = eventID
      }
      await listener.client.terminate()
    }
    await emitted
    assert.deepEqual(heard, numbers)
  })

  it('loses nothing that was acknowledged to its sender before kill -9', async () => {
    const process = await spawnGateway()
    try {
      const listener = await ChannelListener.connect(process, 'lobby')
      const replies = Array.from({ length: 20 }, (_, number) => emit(process, '/lobby/emit', number))
      await Promise.all(replies)
      await process.crash()
      const query = { since: listener.greeting.eventID, ...listener.resume }
      const again = await ChannelListener.connect(process, 'lobby', { query })
      assert.equal(again.greeting.payload.recovered, true)
      assert.equal(again.id, listener.id)
      const heard = (await payloads(again, 20)) as number[]
      assert.deepEqual(
        heard.toSorted((a, b) => a - b),
        Array.from({ length: 20 }, (_, number) => number),
      )
    } finally {
      await process.dispose()
    }
  })
})

describe('clientID= and resumeToken=', () => {
  it('keep the id of a listener without a token, and its targeted events', async () => {
    const listener = await listen('keeping')
    await listener.client.close()
    const again = await listen('keeping', { ...listener.resume, since: listener.greeting.eventID })
    assert.equal(again.id, listener.id)
    assert.equal(again.greeting.payload.resumed, true)
    assert.equal(again.greeting.payload.resumeToken, listener.resume.resumeToken)
    await emit(gateway, `/keeping/emit?clients=${listener.id}`, 'still me')
    assert.deepEqual(await payloads(again, 1), ['still me'])
  })

  it('work across a restart', async () => {
    const own = await startTestGateway()
    try {
      const listener = await ChannelListener.connect(own, 'lobby')
      await own.restart()
      const again = await ChannelListener.connect(own, 'lobby', { query: listener.resume })
      assert.equal(again.id, listener.id)
    } finally {
      await own.dispose()
    }
  })

  it('take over from a connection that still looks open, and nobody sees the member leave', async () => {
    const watcher = await listen('taking-over')
    const old = await listen('taking-over')
    await watcher.take('PRESENCE:JOINED')
    const again = await listen('taking-over', old.resume)
    assert.equal(again.id, old.id)
    await old.takeError('REPLACED')
    assert.equal((await old.client.closed).code, 4409)
    await emit(gateway, '/taking-over/emit', 1)
    assert.equal((await watcher.next()).type, 'DATA')
    assert.deepEqual(await payloads(again, 1), [1])
  })

  it('change the presence data of a member that is still there only when they come with some', async () => {
    const watcher = await listen('presence-again')
    const old = await listen('presence-again', { presence: '{"n":1}' })
    await watcher.take('PRESENCE:JOINED')
    const kept = await listen('presence-again', old.resume)
    await listen('presence-again', { ...kept.resume, presence: '{"n":2}' })
    const { payload } = await watcher.take('PRESENCE:UPDATED')
    assert.deepEqual(payload, { clientID: old.id, presence: { n: 2 } })
  })

  it('give a new id, and say so, when they are not right', async () => {
    const listener = await listen('refusing')
    await listener.client.close()
    const { clientID, resumeToken } = listener.resume
    const wrong: Record<string, string>[] = [
      { clientID, resumeToken: 'nonsense' },
      { clientID, resumeToken: `${resumeToken.slice(0, -1)}!` },
      { clientID, resumeToken: resumeToken.split('.')[0] ?? '' },
      { clientID: 'client_somebodyElse', resumeToken },
    ]
    for (const query of wrong) {
      const other = await listen('refusing', query)
      assert.notEqual(other.id, clientID)
      assert.equal(other.greeting.payload.resumed, false)
    }
    assert.notEqual((await listen('refusing', { clientID })).id, clientID)
    assert.notEqual((await listen('elsewhere', { clientID, resumeToken })).id, clientID)
  })

  it('are the last one’s who comes with them, however many come at once, and the others are told', async () => {
    const listener = await listen('racing')
    await listener.client.close()
    const codes: number[] = []
    const { promise: oneIsLeft, resolve } = Promise.withResolvers<void>()
    const left = new Set<SocketClient>()
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = await connectChannels(gateway, 'racing', { query: listener.resume })
        left.add(client)
        void client.closed.then(({ code }) => {
          left.delete(client)
          if (codes.push(code) === 7) resolve()
        })
      }),
    )
    await oneIsLeft
    assert.deepEqual(codes, Array(7).fill(4409))
    const [winner] = left
    const { clientID, payload } = await winner!.next<ChannelFrame>()
    assert.deepEqual([clientID, payload.resumed], [listener.id, true])
  })

  it('overtaken by another connection at any moment, do not show the member leave', async () => {
    const watcher = await listen('overtaking')
    const { id, resume } = await listen('overtaking')
    await watcher.take('PRESENCE:JOINED')
    const again = () => connectChannels(gateway, 'overtaking', { query: resume })
    for (let moment = 0; moment < 40; moment++) {
      const one = again()
      for (let turn = 0; turn < moment; turn++) await setImmediate()
      const rivals = await Promise.all([one, again()])
      const first = await Promise.all(rivals.map((rival) => rival.next<ChannelFrame>()))
      for (const { payload, clientID } of first) assert.ok(payload.code === 'REPLACED' || clientID === id)
      await Promise.race(rivals.map(({ closed }) => closed))
    }
    await emit(gateway, '/overtaking/emit', 'nobody left')
    assert.equal((await watcher.next()).type, 'DATA')
  })

  it('are of no use to another user', async () => {
    const ann = await ChannelListener.connect(gateway, 'users', { bearer: tokenFor('ann') })
    await ann.client.close()
    const bob = await ChannelListener.connect(gateway, 'users', {
      bearer: tokenFor('bob'),
      query: ann.resume,
    })
    const nobody = await listen('users', ann.resume)
    for (const other of [bob, nobody]) {
      assert.notEqual(other.id, ann.id)
      assert.equal(other.greeting.payload.resumed, false)
    }
  })

  it('end 120 seconds after the connection went', async () => {
    const clock = new ManualClock(Date.now())
    const own = await startTestGateway({}, { clock })
    try {
      const watcher = await ChannelListener.connect(own, 'lobby')
      const listeners = [
        await ChannelListener.connect(own, 'lobby'),
        await ChannelListener.connect(own, 'lobby'),
      ]
      for (const { client } of listeners) {
        await client.close()
        await watcher.until('PRESENCE:LEFT')
      }
      const again = async (listener: ChannelListener | undefined) =>
        (await ChannelListener.connect(own, 'lobby', { query: listener?.resume ?? {} })).greeting.payload
          .resumed
      clock.advance(119_000)
      assert.equal(await again(listeners[0]), true)
      clock.advance(2000)
      assert.equal(await again(listeners[1]), false)
    } finally {
      await own.dispose()
    }
  })

  it('end as long after a crash as after anything else', async () => {
    const clock = new ManualClock(Date.now())
    const own = await startTestGateway({ sessions: { resumeWindow: 600_000 } }, { clock })
    try {
      const listeners = [
        await ChannelListener.connect(own, 'lobby'),
        await ChannelListener.connect(own, 'lobby'),
      ]
      // What a crash leaves: the store as it is now, in which the connections still have their sessions.
      const files = ['parlance.db', 'parlance.db-wal'].map((name) => join(own.data, name))
      const left = files.map((file) => readFileSync(file))
      await own.stop()
      for (const [index, file] of files.entries()) writeFileSync(file, left[index]!)
      await own.restart()
      const again = async (listener: ChannelListener | undefined) =>
        (await ChannelListener.connect(own, 'lobby', { query: listener?.resume ?? {} })).greeting.payload
          .resumed
      clock.advance(599_000)
      assert.equal(await again(listeners[0]), true)
      clock.advance(2000)
      assert.equal(await again(listeners[1]), false)
    } finally {
      await own.dispose()
    }
  })

  it('are gone after a kick', async () => {
    const listener = await listen('kicking')
    const bearer = tokenFor('root', { admin: true })
    const { status } = await http(gateway, 'DELETE', `/api/rooms/kicking/participants/${listener.id}`, {
      bearer,
    })
    assert.equal(status, 204)
    await listener.takeError('KICKED')
    await listener.client.closed
    const again = await listen('kicking', listener.resume)
    assert.notEqual(again.id, listener.id)
  })

  it('go on after a kick that came while they were away, and what came until then is a gap', async () => {
    const listener = await listen('away')
    await listener.client.terminate()
    const bearer = tokenFor('root', { admin: true })
    const path = `/api/rooms/away/participants/${listener.id}`
    assert.equal((await http(gateway, 'DELETE', path, { bearer })).status, 204)
    await emit(gateway, '/away/emit', 'hidden')
    const again = await listen('away', { ...listener.resume, since: listener.greeting.eventID })
    assert.deepEqual([again.id, again.greeting.payload.recovered], [listener.id, false])
    await emit(gateway, '/away/emit', 'open')
    assert.deepEqual(await payloads(again, 1), ['open'])
  })
})
