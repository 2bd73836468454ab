import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { http, startTestGateway, type TestGateway } from '../../test/harness.ts'
import { ChannelListener } from '../../test/support/channel-listener.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { TestRoom } from '../../test/support/test-room.ts'
import type { PartialConfig } from '../app/config/schema.ts'
import type { Rooms } from '../ports/core.ts'
import type { Engine } from '../ports/engine.ts'
import type { Log } from '../ports/log.ts'
import { defaultCoreSettings } from './settings.ts'
import { startUpkeep } from './upkeep.ts'

const silent: Log = { info() {}, warn() {}, error() {} }
const second = 1000
const hour = 3600 * second
const day = 24 * hour

/** A gateway that looks every second for what has expired, and whose clients need not beat. */
async function gatewayFor(t: TestContext, config: PartialConfig) {
  const clock = new ManualClock(Date.now())
  const { retention, rooms } = config
  const patient = { heartbeatInterval: 1000 * day }
  const gateway = await startTestGateway(
    {
      ...config,
      rooms: { ...patient, idleHours: 0, ...rooms },
      channels: { pingInterval: 1000 * day },
      retention: { interval: second, ...retention },
    },
    { clock },
  )
  t.after(() => gateway.dispose())
  return { gateway, clock }
}

async function emit(gateway: TestGateway, channel: string, json: unknown): Promise<string> {
  const { status, body } = await http(gateway, 'POST', `/${channel}/emit`, { json })
  assert.equal(status, 200)
  return body.eventID
}

async function history(gateway: TestGateway, channel: string): Promise<unknown[]> {
  const { body } = await http(gateway, 'GET', `/${channel}/history`)
  return body.history.map(({ payload }: { payload: unknown }) => payload)
}

async function messagesOf(room: TestRoom): Promise<string[]> {
  const { body } = await room.ask(room.admin, 'GET', '/messages')
  return body.messages.map(({ content }: { content: string }) => content)
}

/** Moves the clock on, a second at a time, until upkeep has done what is waited for. */
async function until(clock: ManualClock, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) clock.advance(second)
}

test('of each class of rooms so many events are kept, and who comes from before them is told of a gap', async (t) => {
  const { gateway, clock } = await gatewayFor(t, {
    retention: { public: { events: 3 }, members: { events: 2 } },
  })
  const room = await TestRoom.make(gateway)
  const { epoch } = (await room.ask(room.admin, 'GET', '/events')).body.position
  const first = await emit(gateway, 'lobby', 1)
  for (const number of [2, 3, 4, 5]) await emit(gateway, 'lobby', number)
  for (const content of ['one', 'two', 'three']) await room.post(room.admin, content)

  await until(clock, async () => (await history(gateway, 'lobby')).length === 3)
  assert.deepEqual(await history(gateway, 'lobby'), [3, 4, 5])
  await until(clock, async () => (await messagesOf(room)).length === 2)
  assert.deepEqual(await messagesOf(room), ['three', 'two'])

  const late = await ChannelListener.connect(gateway, 'lobby', { query: { since: first } })
  assert.equal(late.greeting.payload.recovered, false)
  const client = await room.open(room.admin, { since: '0', epoch })
  const { d } = await client.next<{ d: { recovered: boolean; s: number } }>()
  assert.deepEqual([d.recovered, d.s], [false, 3])
  const page = await room.ask(room.admin, 'GET', `/events?since=0&epoch=${epoch}`)
  assert.deepEqual([page.status, page.body.error.position], [410, { epoch, seq: 3 }])
})

test('events of each class of rooms grow so old', async (t) => {
  const { gateway, clock } = await gatewayFor(t, {
    retention: { public: { ageDays: 2 }, members: { ageDays: 5 } },
  })
  const room = await TestRoom.make(gateway)
  await emit(gateway, 'lobby', 'old')
  await room.post(room.admin, 'old')
  clock.advance(day)
  await emit(gateway, 'lobby', 'new')
  await room.post(room.admin, 'new')
  clock.advance(day)

  await until(clock, async () => (await history(gateway, 'lobby')).length < 2)
  assert.deepEqual(await history(gateway, 'lobby'), ['new'])
  assert.deepEqual(await messagesOf(room), ['new', 'old'])
  clock.advance(3 * day)
  await until(clock, async () => (await messagesOf(room)).length < 2)
  assert.deepEqual(await messagesOf(room), ['new'])
})

test('a channel nobody is in and nobody emits to is no more after the idle time; one with somebody in it stays', async (t) => {
  const { gateway, clock } = await gatewayFor(t, { rooms: { idleHours: 2 } })
  await emit(gateway, 'empty', 'to nobody')
  const left = await emit(gateway, 'quiet', 'before')
  const listener = await ChannelListener.connect(gateway, 'quiet')
  clock.advance(2 * hour)
  await until(clock, async () => (await history(gateway, 'empty')).length === 0)
  await emit(gateway, 'quiet', 'after')
  assert.equal((await listener.take('DATA')).payload, 'after')
  assert.deepEqual(await history(gateway, 'quiet'), ['before', 'after'])

  await listener.client.close()
  clock.advance(2 * hour)
  await until(clock, async () => (await history(gateway, 'quiet')).length === 0)
  const later = await ChannelListener.connect(gateway, 'quiet', { query: { since: left } })
  assert.equal(later.greeting.payload.recovered, false)
})

/** Upkeep of these members' rooms, all idle, without an engine behind it. */
function upkeepOf(ids: readonly string[], close: Rooms['close'], log: Log = silent) {
  const clock = new ManualClock()
  const idle = ids.map((id) => ({ id, access: 'members' }))
  const stop = startUpkeep({
    engine: { upkeep: { trim: async () => 0, idle: async () => idle } } as unknown as Engine,
    rooms: { close } as unknown as Rooms,
    clock,
    log,
    settings: { ...defaultCoreSettings, upkeepEvery: second, idleRoom: hour },
    occupied: () => false,
  })
  return { clock, stop }
}

test('what is written while other rooms are being closed keeps a room', async () => {
  const asked: unknown[] = []
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const { clock, stop } = upkeepOf(['quiet'], async (id, _actor, reason, idleSince) => {
    asked.push([id, reason, idleSince])
    resolve()
  })
  clock.advance(second)
  await closed
  // The store closes it only if it is idle still.
  assert.deepEqual(asked, [['quiet', 'idle', clock.now() - hour]])
  await stop()
})

test('a room that cannot be closed keeps no other room open, and is said', async () => {
  const closed: string[] = []
  const said: unknown[] = []
  const log = { ...silent, error: (fields: object) => said.push(fields) }
  const failure = new Error('this room cannot be closed')
  const { clock, stop } = upkeepOf(
    ['one', 'bad', 'other'],
    async (id) => {
      if (id === 'bad') throw failure
      closed.push(id)
    },
    log,
  )
  clock.advance(second)
  await stop()
  assert.deepEqual(closed, ['one', 'other'])
  assert.deepEqual(said, [{ err: failure, room: 'bad' }])
})
