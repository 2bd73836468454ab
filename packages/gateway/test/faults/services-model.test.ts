import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ServiceClient, servicesScene } from '../support/services-scene.ts'
import { holds } from './support/model.ts'
import { times } from './support/scale.ts'

type Step =
  | { readonly do: 'join'; readonly type: string }
  | { readonly do: 'resume' | 'leave' | 'stall' | 'task' | 'news'; readonly who: number }
  | { readonly do: 'wait'; readonly ms: number }

const who = fc.nat(20)
const act = (what: Exclude<Step['do'], 'join' | 'wait'>) => fc.record({ do: fc.constant(what), who })
const types = fc.constantFrom('sharder', 'sharder', 'commands', 'panel', 'feeds')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), type: types }) },
  { weight: 5, arbitrary: act('resume') },
  { weight: 4, arbitrary: act('leave') },
  { weight: 1, arbitrary: act('stall') },
  { weight: 6, arbitrary: act('task') },
  { weight: 6, arbitrary: act('news') },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 3000, 5000, 20_000, 30_000, 120_000),
    }),
  },
)

/** Long ones: what is missed while one is away takes many steps. */
const steps = fc.array(step, { maxLength: 60, size: 'max' })
const settings = fc.record({
  shards: fc.integer({ min: 1, max: 9 }),
  sharders: fc.integer({ min: 1, max: 4 }),
})

interface Sent {
  readonly number: number
  readonly task: boolean
  readonly sender: string
}

test('whatever services do: a shard has one owner, a task is done once, and who comes back has all news or is told how many are lost', async (t) => {
  const property = fc.asyncProperty(steps, settings, async (all, settings) => {
    const it = servicesScene({ ...settings, waitMost: 2 })
    const everyone: ServiceClient[] = []
    const sent: Sent[] = []
    /** How much had been sent when each session began. */
    const began = new Map<string, number>()
    const here = (): ServiceClient[] => everyone.filter((client) => client.connected)
    const join = (type: string, session: string | null = null): ServiceClient => {
      const client = it.join(type, session)
      everyone.push(client)
      if (client.standings[0]?.resumed !== true) began.set(client.session, sent.length)
      return client
    }
    for (const step of all) {
      if (step.do === 'join') join(step.type)
      else if (step.do === 'wait') it.clock.advance(step.ms)
      else if (step.do === 'resume') {
        const old = everyone[step.who % everyone.length]
        if (old !== undefined) join(old.type, old.session)
      } else {
        const client = here()[step.who % here().length]
        if (client === undefined) continue
        if (step.do === 'leave') client.leave()
        else if (step.do === 'stall') client.takes = false
        else {
          const event = { number: sent.length, task: step.do === 'task', sender: client.session }
          sent.push(event)
          client.seat.send(step.do.toUpperCase(), event)
        }
      }
      assertShards(here(), settings.shards, settings.sharders)
    }
    for (const [session, from] of began) {
      const { type } = everyone.find((client) => client.session === session)!
      if (join(type, session).standings[0]?.resumed === true) assertNews(everyone, session, sent.slice(from))
    }
    assert.equal(it.services.list().length, here().length)
    it.services.stop()
    assert.equal(it.clock.pending, 0)
    const tasks = sent.filter(({ task }) => task).length
    assertEvents(everyone, tasks, it.lost.filter((name) => name === 'TASK').length)
  })
  await holds(t, 'services', property, times(2000, 20_000))
})

function assertShards(here: readonly ServiceClient[], shards: number, sharders: number): void {
  const running = here.filter(({ type }) => type === 'sharder')
  const run = running.flatMap((client) => client.shards)
  assert.equal(new Set(run).size, run.length, 'a shard is run twice')
  assert.ok(run.every((shard) => shard >= 0 && shard < shards))
  assert.ok(running.every((client) => client.shards.length <= Math.ceil(shards / sharders)))
}

/** Everything that others have told all since the session began has come to one of its connections, or it was told that it is lost. */
function assertNews(everyone: readonly ServiceClient[], session: string, since: readonly Sent[]): void {
  const own = everyone.filter((client) => client.session === session)
  const had = new Set(own.flatMap(({ got }) => got.map((data) => (JSON.parse(data) as Sent).number)))
  const missing = since.filter(({ number, task, sender }) => !task && sender !== session && !had.has(number))
  const lost = own.flatMap(({ standings }) => standings).reduce((sum, standing) => sum + standing.lost, 0)
  assert.equal(missing.length, lost, 'news that are missing and nobody said so')
}

function assertEvents(everyone: readonly ServiceClient[], tasks: number, lost: number): void {
  const got = everyone.map((client) => client.got.map((data) => JSON.parse(data) as Sent))
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
