import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ServiceClient, servicesScene } from '../../../test/support/services-scene.ts'

type Step =
  | { readonly do: 'join'; readonly type: string }
  | { readonly do: 'resume' | 'leave' | 'stall' | 'task' | 'news'; readonly who: number }
  | { readonly do: 'wait'; readonly ms: number }

const who = fc.nat(20)
const act = (what: Exclude<Step['do'], 'join' | 'wait'>) => fc.record({ do: fc.constant(what), who })
const types = fc.constantFrom('sharder', 'sharder', 'commands', 'panel', 'feeds')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), type: types }) },
  { weight: 3, arbitrary: act('resume') },
  { weight: 4, arbitrary: act('leave') },
  { weight: 1, arbitrary: act('stall') },
  { weight: 6, arbitrary: act('task') },
  { weight: 3, arbitrary: act('news') },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 3000, 5000, 20_000, 120_000),
    }),
  },
)

test('whatever comes and goes: no shard is run twice, no task is done twice, and none is lost unsaid', () => {
  const settings = fc.record({
    shards: fc.integer({ min: 1, max: 9 }),
    sharders: fc.integer({ min: 1, max: 4 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), settings, (steps, settings) => {
      const it = servicesScene({ ...settings, waitMost: 5 })
      const everyone: ServiceClient[] = []
      let tasks = 0
      let sent = 0
      const here = (): ServiceClient[] => everyone.filter((client) => client.connected)
      for (const step of steps) {
        if (step.do === 'join') everyone.push(it.join(step.type))
        else if (step.do === 'wait') it.clock.advance(step.ms)
        else if (step.do === 'resume') {
          const old = everyone[step.who % everyone.length]
          if (old !== undefined) everyone.push(it.join(old.type, old.session))
        } else {
          const client = here()[step.who % here().length]
          if (client === undefined) continue
          if (step.do === 'leave') client.leave()
          else if (step.do === 'stall') client.takes = false
          else {
            if (step.do === 'task') tasks += 1
            client.seat.send(step.do.toUpperCase(), { number: sent++, task: step.do === 'task' })
          }
        }
        assertShards(here(), settings.shards, settings.sharders)
      }
      assert.equal(it.services.list().length, here().length)
      it.services.stop()
      assert.equal(it.clock.pending, 0)
      assertEvents(everyone, tasks, it.lost.filter((name) => name === 'TASK').length)
    }),
    { numRuns: 2000 },
  )
})

function assertShards(here: readonly ServiceClient[], shards: number, sharders: number): void {
  const running = here.filter(({ type }) => type === 'sharder')
  const run = running.flatMap((client) => client.shards)
  assert.equal(new Set(run).size, run.length, 'a shard is run twice')
  assert.ok(run.every((shard) => shard >= 0 && shard < shards))
  assert.ok(running.every((client) => client.shards.length <= Math.ceil(shards / sharders)))
}

function assertEvents(everyone: readonly ServiceClient[], tasks: number, lost: number): void {
  const got = everyone.map((client) =>
    client.got.map((data) => JSON.parse(data) as { number: number; task: boolean }),
  )
  for (const numbers of got.map((events) => events.map(({ number }) => number))) {
    assert.ok(
      numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0)),
      'out of order',
    )
  }
  const done = got.flat().filter(({ task }) => task)
  assert.equal(new Set(done.map(({ number }) => number)).size, done.length, 'a task was done twice')
  assert.equal(done.length + lost, tasks, 'a task was lost and nobody said so')
}
