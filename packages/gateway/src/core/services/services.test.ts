import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import type { ServiceEvent, ServiceEventRule } from '../../model/service-event.ts'
import type { Seat, Standing } from '../../ports/services.ts'
import { createServices } from './services.ts'
import { defaultServicesSettings, type ServicesSettings } from './settings.ts'

const news: ServiceEventRule = { name: 'NEWS', from: 'all', to: 'all', delivery: 'all', data: {} }
const task: ServiceEventRule = {
  name: 'TASK',
  from: 'all',
  to: ['commands', 'panel'],
  delivery: 'one',
  data: {},
}

class Client {
  readonly type: string
  readonly standings: Standing[] = []
  readonly got: string[] = []
  takes = true
  replaced = false
  seat!: Seat

  constructor(type: string) {
    this.type = type
  }

  get session(): string {
    return this.standings[0]?.session ?? ''
  }

  get shards(): readonly number[] {
    return this.standings.at(-1)?.shards ?? []
  }

  beat(heapUsed: number, busy: number | null = null): void {
    this.seat.beat({ heapUsed, busy, json: JSON.stringify({ heapUsed }) })
  }
}

function scene(settings: Partial<ServicesSettings> = {}) {
  const clock = new ManualClock()
  const lost: string[] = []
  const lines: Record<string, unknown>[] = []
  let ids = 0
  const services = createServices({
    clock,
    random: { id: () => `session-${++ids}`, integer: () => 0 },
    log: { info() {}, error() {}, warn: (fields) => lines.push(fields) },
    metrics: {
      count(name, _by, labels) {
        if (name === 'service_events_lost_total') lost.push(labels?.event ?? '')
      },
      gauge() {},
    },
    settings: {
      ...defaultServicesSettings,
      events: [...defaultServicesSettings.events, news, task],
      ...settings,
    },
  })

  function join(type: string, session: string | null = null): Client {
    const client = new Client(type)
    client.seat = services.join({
      type,
      session,
      identified: (standing) => client.standings.push(standing),
      deliver(event: ServiceEvent) {
        if (client.takes) client.got.push(event.data)
        return client.takes
      },
      replaced: () => {
        client.replaced = true
      },
    })
    return client
  }

  return { clock, services, join, lost, lines }
}

test('each sharder gets its part of the shards, and one too many waits with none', () => {
  const { join } = scene({ shards: 5, sharders: 2 })
  assert.deepEqual(join('sharder').shards, [0, 1, 2])
  assert.deepEqual(join('sharder').shards, [3, 4])
  assert.deepEqual(join('sharder').shards, [])
})

test('services other than sharders are told no shards', () => {
  const { join } = scene()
  assert.deepEqual(join('panel').standings, [{ session: 'session-1', shards: null, resumed: null, lost: 0 }])
})

test('shards of a sharder that has gone are handed on after five seconds, not before', () => {
  const { join, clock } = scene({ shards: 4, sharders: 2 })
  const first = join('sharder')
  join('sharder')
  const waits = join('sharder')
  first.seat.leave()
  clock.advance(4999)
  assert.deepEqual(waits.shards, [])
  clock.advance(1)
  assert.deepEqual(waits.standings.at(-1), { session: waits.session, shards: [0, 1], resumed: null, lost: 0 })
})

test('a sharder that comes back within 120 seconds gets its own shards, though others were free', () => {
  const { join, clock } = scene({ shards: 6, sharders: 3 })
  const [first, second] = [join('sharder'), join('sharder')]
  first.seat.leave()
  second.seat.leave()
  clock.advance(119_999)
  const back = join('sharder', second.session)
  assert.deepEqual(back.standings, [{ session: second.session, shards: [2, 3], resumed: true, lost: 0 }])
})

test('a newcomer is not given shards that a session may come back for while others are free', () => {
  const { join, clock } = scene({ shards: 2, sharders: 2 })
  const first = join('sharder')
  first.seat.leave()
  clock.advance(10_000)
  assert.deepEqual(join('sharder').shards, [1])
  assert.deepEqual(join('sharder').shards, [0])
  assert.deepEqual(join('sharder', first.session).shards, [])
})

test('a session cannot be gone on with after 120 seconds, as another type, or when it never was', () => {
  const { join, clock } = scene()
  const panel = join('panel')
  panel.seat.leave()
  assert.equal(join('feeds', panel.session).standings[0]?.resumed, false)
  assert.equal(join('panel', 'nonsense').standings[0]?.resumed, false)
  clock.advance(120_000)
  const late = join('panel', panel.session)
  assert.equal(late.standings[0]?.resumed, false)
  assert.notEqual(late.session, panel.session)
})

test('a session has one owner: who goes on with it replaces whoever had it', () => {
  const { join, clock, services } = scene({ shards: 2, sharders: 1 })
  const old = join('sharder')
  const fresh = join('sharder', old.session)
  assert.equal(old.replaced, true)
  assert.deepEqual(fresh.shards, [0, 1])
  old.seat.leave()
  clock.advance(200_000)
  assert.equal(services.list().length, 1)
  assert.deepEqual(join('sharder').shards, [])
})

test('an event for one goes to the less busy: by what they were given, and by what they say', () => {
  const { join, clock } = scene()
  const sender = join('sharder')
  const [a, b] = [join('commands'), join('commands')]
  for (let i = 0; i < 10; i++) sender.seat.send('TASK', i)
  assert.deepEqual([a.got.length, b.got.length], [5, 5])
  a.beat(1, 3)
  b.beat(1, 0)
  for (let i = 0; i < 3; i++) sender.seat.send('TASK', i)
  assert.deepEqual([a.got.length, b.got.length], [5, 8])
  clock.advance(60_000)
  a.beat(500, 0)
  b.beat(400, 0)
  sender.seat.send('TASK', 0)
  assert.deepEqual([a.got.length, b.got.length], [5, 9])
})

test('a worker whose heartbeat is overdue is given something only when there is no other', () => {
  const { join, clock } = scene()
  const [sender, silent, lively] = [join('sharder'), join('commands'), join('commands')]
  clock.advance(45_001)
  lively.beat(9000, 100)
  sender.seat.send('TASK', 1)
  assert.deepEqual([silent.got, lively.got], [[], ['1']])
  lively.takes = false
  sender.seat.send('TASK', 2)
  assert.deepEqual(silent.got, ['2'])
})

test('an event for all reaches every one of the types named, but its sender', () => {
  const { join } = scene()
  const clients = [join('panel'), join('panel'), join('feeds')]
  clients[0]!.seat.send('NEWS', 'x')
  assert.deepEqual(
    clients.map(({ got }) => got),
    [[], ['"x"'], ['"x"']],
  )
})

test('an event nobody can take waits in order for the first who comes, at most 30 seconds', () => {
  const { join, clock, lost, lines } = scene()
  const sender = join('sharder')
  sender.seat.send('TASK', 1)
  sender.seat.send('NEWS', 2)
  clock.advance(29_999)
  sender.seat.send('TASK', 3)
  assert.deepEqual(join('commands').got, ['1', '2', '3'])
  assert.deepEqual(join('commands').got, [])
  sender.seat.send('EXECUTE_COMMAND', { raw: '', ids: ids })
  assert.deepEqual(lost, [])

  const alone = scene()
  const other = alone.join('sharder')
  other.seat.send('TASK', 1)
  other.seat.send('TASK', 2)
  alone.clock.advance(30_000)
  assert.deepEqual(alone.lost, ['TASK', 'TASK'])
  assert.deepEqual(alone.join('commands').got, [])
  alone.clock.advance(1000)
  assert.deepEqual(alone.lines, [{ event: 'TASK', count: 2 }])
  assert.deepEqual(lines, [])
})

test('of a thousand and one waiting events of a name the oldest is lost', () => {
  const { join, lost } = scene()
  const sender = join('sharder')
  for (let i = 0; i <= 1000; i++) sender.seat.send('TASK', i)
  assert.deepEqual(lost, ['TASK'])
  const { got } = join('commands')
  assert.deepEqual([got.length, got[0], got.at(-1)], [1000, '1', '1000'])
})

test('who comes back is given the events for all that it missed, and told how many were lost', () => {
  const { join, clock } = scene()
  const [sender, stays, goes] = [join('sharder'), join('panel'), join('panel')]
  goes.seat.leave()
  sender.seat.send('NEWS', 1)
  clock.advance(30_000)
  sender.seat.send('NEWS', 2)
  sender.seat.send('NEWS', 3)
  const back = join('panel', goes.session)
  assert.deepEqual(stays.got, ['1', '2', '3'])
  assert.deepEqual(back.got, ['2', '3'])
  assert.equal(back.standings[0]?.lost, 1)
})

test('events stay waiting when the connection they are handed to has just gone', () => {
  const { join } = scene()
  const sender = join('sharder')
  for (const i of [1, 2]) sender.seat.send('TASK', i)
  const worker = join('panel')
  worker.takes = false
  sender.seat.send('TASK', 3)
  worker.seat.leave()
  assert.deepEqual(worker.got, ['1', '2'])
  assert.deepEqual(join('panel', worker.session).got, ['3'])
})

const ids = { message: '1', author: '2', channel: '3', guild: '4', shard: 0 }

test('the table refuses unknown events, foreign senders and data that does not fit, in that order', () => {
  const { join } = scene()
  const [sender, feeds] = [join('sharder'), join('feeds')]
  const refused = (client: Client, name: string, data: unknown): [string, string] => {
    try {
      client.seat.send(name, data)
    } catch (error) {
      const { code, message } = error as { code: string; message: string }
      return [code, message]
    }
    return ['', '']
  }
  const fits = { command: 'ban', raw: '', ids }
  assert.deepEqual(refused(feeds, 'toString', 1), ['invalid_request', 't: there is no event "toString".'])
  assert.equal(refused(feeds, 'EXECUTE_COMMAND', {})[0], 'forbidden')
  assert.equal(refused(feeds, 'IDENTIFIED', {})[0], 'forbidden')
  const wrong: [unknown, string][] = [
    [[], 'd must be object.'],
    [{ ids }, 'd.raw is missing.'],
    [{ ...fits, command: 5 }, 'd.command must be string.'],
    [{ ...fits, ids: { ...ids, shard: 1.5 } }, 'd.ids.shard must be integer.'],
    [{ ...fits, ids: { ...ids, shard: 2 ** 53 } }, 'd.ids.shard is beyond 2^53: send it as a string.'],
    [{ ...fits, ids: { ...ids, guild: 4 } }, 'd.ids.guild must be string.'],
  ]
  for (const [data, says] of wrong) {
    assert.deepEqual(refused(sender, 'EXECUTE_COMMAND', data), ['invalid_request', says])
  }
  let deep: unknown = 1
  for (let i = 0; i < 5000; i++) deep = [deep]
  assert.match(refused(sender, 'TASK', deep)[1], /nested deeper than 32 levels/)
})

test('unknown fields are dropped, at any depth, and what remains is passed on as it was', () => {
  const { join } = scene()
  const [sender, worker] = [join('sharder'), join('commands')]
  sender.seat.send(
    'EXECUTE_COMMAND',
    JSON.parse(
      `{"raw":"ünï\\ud800","more":1,"__proto__":{"x":1},"ids":${JSON.stringify({ ...ids, extra: [] })}}`,
    ),
  )
  assert.deepEqual(worker.got, [`{"raw":"ünï\\ud800","ids":${JSON.stringify(ids)}}`])
  sender.seat.send('TASK', JSON.parse('{"__proto__":{"a":1},"constructor":2}'))
  assert.equal(worker.got[1], '{"__proto__":{"a":1},"constructor":2}')
})

test('nothing is left behind when it stops, and what waited is said to be lost', () => {
  const { join, services, clock, lost, lines } = scene({ shards: 2, sharders: 1 })
  const sender = join('sharder')
  sender.seat.send('TASK', 1)
  sender.seat.leave()
  services.stop()
  assert.deepEqual(lost, ['TASK'])
  assert.deepEqual(lines, [{ event: 'TASK', count: 1 }])
  assert.equal(clock.pending, 0)
})

type Step =
  | { do: 'join'; type: string }
  | { do: 'resume'; who: number }
  | { do: 'leave'; who: number }
  | { do: 'deaf'; who: number }
  | { do: 'task' | 'news'; who: number }
  | { do: 'wait'; ms: number }

const who = fc.nat(20)
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), type: types() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('resume' as const), who }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('deaf' as const), who }) },
    { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('task' as const, 'news' as const), who }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
  ),
  { maxLength: 60 },
)

function types() {
  return fc.constantFrom('sharder', 'sharder', 'commands', 'panel', 'feeds')
}

test('whatever comes and goes: no shard is run twice, no task is done twice, and none is lost unsaid', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }), run),
    { numRuns: 2000 },
  )
})

function run(steps: Step[], shards: number, sharders: number): void {
  const { clock, join, lost, services } = scene({ shards, sharders, waitMost: 5 })
  const all: Client[] = []
  const live = new Set<Client>()
  let tasks = 0
  const pick = (who: number): Client | undefined => [...live][who % live.size]
  for (const step of steps) {
    switch (step.do) {
      case 'join': {
        const client = join(step.type)
        all.push(client)
        live.add(client)
        break
      }
      case 'resume': {
        const old = all[step.who % all.length]
        if (old === undefined) break
        const client = join(old.type, old.session)
        if (old.replaced) live.delete(old)
        for (const one of all) if (one.replaced) live.delete(one)
        all.push(client)
        live.add(client)
        break
      }
      case 'leave': {
        const client = pick(step.who)
        client?.seat.leave()
        if (client !== undefined) live.delete(client)
        break
      }
      case 'deaf': {
        const client = pick(step.who)
        if (client !== undefined) client.takes = false
        break
      }
      case 'task':
      case 'news':
        pick(step.who)?.seat.send(step.do.toUpperCase(), `${step.do} ${tasks}`)
        if (live.size > 0) tasks += 1
        break
      case 'wait':
        clock.advance(step.ms)
    }
    check(live, shards)
  }
  assert.equal(services.list().length, live.size)
  services.stop()
  assert.equal(clock.pending, 0)
  accountForTasks(all, lost)
  const expected = new Set(all.map(({ session }) => session)).size
  assert.ok(expected <= all.length)

  function accountForTasks(all: Client[], lost: string[]): void {
    const done = all.flatMap(({ got }) => got).filter((what) => what.startsWith('"task'))
    assert.equal(new Set(done).size, done.length, 'a task was done twice')
    assert.equal(done.length + lost.filter((name) => name === 'TASK').length, sent('TASK'))
    for (const { got } of all) {
      const numbers = got.map((what) => Number(what.slice(6, -1)))
      assert.deepEqual(numbers, [...new Set(numbers)], 'told twice')
    }
  }

  function sent(name: string): number {
    return counts.get(name) ?? 0
  }
}

const counts = new Map<string, number>()

function check(live: ReadonlySet<Client>, shards: number): void {
  const held = [...live].filter(({ type }) => type === 'sharder').flatMap((client) => client.shards)
  assert.equal(new Set(held).size, held.length, 'a shard is run twice')
  assert.ok(held.every((shard) => shard >= 0 && shard < shards))
}
