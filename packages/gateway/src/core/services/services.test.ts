import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ServiceClient, servicesScene } from '../../../test/support/services-scene.ts'

test('each sharder gets its part of the shards, and one too many waits with none', () => {
  const { join } = servicesScene({ shards: 5, sharders: 2 })
  assert.deepEqual(join('sharder').shards, [0, 1, 2])
  assert.deepEqual(join('sharder').shards, [3, 4])
  assert.deepEqual(join('sharder').shards, [])
})

test('services other than sharders are told no shards', () => {
  const { join } = servicesScene()
  assert.deepEqual(join('panel').standings, [{ session: 'session-1', shards: null, resumed: null, lost: 0 }])
})

test('shards of a sharder that has gone are handed on after five seconds, not before', () => {
  const { join, clock } = servicesScene({ shards: 4, sharders: 2 })
  const first = join('sharder')
  join('sharder')
  const waits = join('sharder')
  first.leave()
  clock.advance(4999)
  assert.deepEqual(waits.shards, [])
  clock.advance(1)
  assert.deepEqual(waits.standings.at(-1), { session: waits.session, shards: [0, 1], resumed: null, lost: 0 })
})

test('a sharder that comes back within 120 seconds gets its own shards, though others were free', () => {
  const { join, clock } = servicesScene({ shards: 6, sharders: 3 })
  const [first, second] = [join('sharder'), join('sharder')]
  first.leave()
  second.leave()
  clock.advance(119_999)
  const back = join('sharder', second.session)
  assert.deepEqual(back.standings, [{ session: second.session, shards: [2, 3], resumed: true, lost: 0 }])
})

test('a newcomer is not given shards that a session may come back for while others are free', () => {
  const { join, clock } = servicesScene({ shards: 2, sharders: 2 })
  const first = join('sharder')
  first.leave()
  clock.advance(10_000)
  assert.deepEqual(join('sharder').shards, [1])
  assert.deepEqual(join('sharder').shards, [0])
  assert.deepEqual(join('sharder', first.session).shards, [])
})

test('a session cannot be gone on with after 120 seconds, as another type, or when it never was', () => {
  const { join, clock } = servicesScene()
  const panel = join('panel')
  panel.leave()
  assert.equal(join('feeds', panel.session).standings[0]?.resumed, false)
  assert.equal(join('panel', 'nonsense').standings[0]?.resumed, false)
  clock.advance(120_000)
  const late = join('panel', panel.session)
  assert.equal(late.standings[0]?.resumed, false)
  assert.notEqual(late.session, panel.session)
})

test('a session has one owner: who goes on with it replaces whoever had it', () => {
  const { join, clock, services } = servicesScene({ shards: 2, sharders: 1 })
  const old = join('sharder')
  const fresh = join('sharder', old.session)
  assert.equal(old.connected, false)
  assert.deepEqual(fresh.shards, [0, 1])
  old.leave()
  clock.advance(200_000)
  assert.equal(services.list().length, 1)
  assert.deepEqual(join('sharder').shards, [])
})

test('an event for one goes to the less busy: by what they were given, and by what they say', () => {
  const { join, clock } = servicesScene()
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
  const { join, clock } = servicesScene()
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
  const { join } = servicesScene()
  const clients = [join('panel'), join('panel'), join('feeds')]
  clients[0]!.seat.send('NEWS', 'x')
  assert.deepEqual(
    clients.map(({ got }) => got),
    [[], ['"x"'], ['"x"']],
  )
})

test('an event nobody can take waits in order for the first who comes, at most 30 seconds', () => {
  const { join, clock, lost, lines } = servicesScene()
  const sender = join('sharder')
  sender.seat.send('TASK', 1)
  sender.seat.send('NEWS', 2)
  clock.advance(29_999)
  sender.seat.send('TASK', 3)
  assert.deepEqual(join('commands').got, ['1', '2', '3'])
  assert.deepEqual(join('commands').got, [])
  sender.seat.send('EXECUTE_COMMAND', { raw: '', ids: ids })
  assert.deepEqual(lost, [])

  const alone = servicesScene()
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
  const { join, lost } = servicesScene()
  const sender = join('sharder')
  for (let i = 0; i <= 1000; i++) sender.seat.send('TASK', i)
  assert.deepEqual(lost, ['TASK'])
  const { got } = join('commands')
  assert.deepEqual([got.length, got[0], got.at(-1)], [1000, '1', '1000'])
})

test('who comes back is given the events for all that it missed, and told how many were lost', () => {
  const { join, clock } = servicesScene()
  const [sender, stays, goes] = [join('sharder'), join('panel'), join('panel')]
  goes.leave()
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
  const { join } = servicesScene()
  const sender = join('sharder')
  for (const i of [1, 2]) sender.seat.send('TASK', i)
  const worker = join('panel')
  worker.takes = false
  sender.seat.send('TASK', 3)
  worker.leave()
  assert.deepEqual(worker.got, ['1', '2'])
  assert.deepEqual(join('panel', worker.session).got, ['3'])
})

const ids = { message: '1', author: '2', channel: '3', guild: '4', shard: 0 }

test('the table refuses unknown events, foreign senders and data that does not fit, in that order', () => {
  const { join } = servicesScene()
  const [sender, feeds] = [join('sharder'), join('feeds')]
  const refused = (client: ServiceClient, name: string, data: unknown): [string, string] => {
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
  assert.equal(refused(sender, 'TASK', 'x'.repeat(65_535))[1], 'd must not be longer than 65536 characters.')
  let deep: unknown = 1
  for (let i = 0; i < 5000; i++) deep = [deep]
  assert.match(refused(sender, 'TASK', deep)[1], /nested deeper than 32 levels/)
})

test('unknown fields are dropped, at any depth, and what remains is passed on as it was', () => {
  const { join } = servicesScene()
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
  const { join, services, clock, lost, lines } = servicesScene({ shards: 2, sharders: 1 })
  const sender = join('sharder')
  sender.seat.send('TASK', 1)
  sender.leave()
  const stays = join('sharder')
  services.stop()
  stays.leave()
  assert.deepEqual(lost, ['TASK'])
  assert.deepEqual(lines, [{ event: 'TASK', count: 1 }])
  assert.equal(clock.pending, 0)
})
