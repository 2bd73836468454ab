import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { startTestGateway, type TestGateway } from '../harness.ts'
import { type Follower, followers } from './support/follower.ts'
import { holds, seldom } from './support/model.ts'
import { BreakingProxy } from './support/proxy.ts'
import { times } from './support/scale.ts'
import { emit, makeRoom, unlimited } from './support/writing.ts'

type Step =
  /** So many messages are written, one after another, while what follows happens. */
  | { readonly do: 'write'; readonly messages: number }
  /** The connection breaks, and the next one will after so many bytes. */
  | { readonly do: 'cut'; readonly nextAfter: number }
  | { readonly do: 'connect' }
  | { readonly do: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('write' as const), messages: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cut' as const), nextAfter: fc.nat(3000) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'connect' as const }) },
)
/** Restarts take a while: at most one in a run, and not in most. */
const steps = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 8 }), seldom(fc.nat(6), 50))
  .map(([all, restart]): Step[] => {
    if (restart === null) return all
    return [...all.slice(0, restart), { do: 'restart' as const }, ...all.slice(restart)]
  })

describe('whatever breaks at whatever byte, a resume brings what was missed, once and in order', {
  concurrency: true,
}, () => {
  for (const protocol of Object.keys(followers)) {
    it(protocol, async (t) => {
      const gateway = await startTestGateway(unlimited)
      const proxy = await BreakingProxy.before(gateway.url)
      t.after(async () => {
        await proxy.close()
        await gateway.dispose()
      })
      await makeRoom(gateway, ['ann'])
      const property = fc.asyncProperty(steps, (all) => run(protocol, gateway, proxy, all))
      await holds(t, `resume ${protocol}`, property, times(15, 2000))
    })
  }
})

async function run(
  protocol: string,
  gateway: TestGateway,
  proxy: BreakingProxy,
  all: readonly Step[],
): Promise<void> {
  const follower = new followers[protocol]!(proxy, 'ann')
  const written: string[] = []
  let writing = Promise.resolve()
  const write = (count: number) => {
    for (let i = 0; i < count; i++) {
      const content = `message ${written.length}`
      written.push(content)
      writing = writing.then(async () => void (await emit(gateway, content)))
    }
  }
  proxy.downstream = null
  await follower.connect()
  write(1)
  await follower.until(() => follower.heard.length === 1)

  for (const next of all) {
    switch (next.do) {
      case 'write':
        write(next.messages)
        break
      case 'cut':
        await follower.cut()
        proxy.cutAfter(next.nextAfter)
        break
      case 'connect':
        await reconnect(follower)
        break
      case 'restart':
        await writing
        await gateway.restart()
        proxy.target = gateway.url
    }
  }

  proxy.downstream = null
  await follower.cut()
  await follower.connect()
  write(1)
  await writing
  await follower.until(() => follower.heard.length >= written.length)
  await follower.cut()
  assert.deepEqual(follower.heard, written)
  assert.equal(follower.gaps, 0)
}

/** A new connection, which may break while it is being made. */
async function reconnect(follower: Follower): Promise<void> {
  await follower.cut()
  try {
    await follower.connect()
  } catch {
    // It broke before the greeting was whole: the next one goes on from where this one should have.
  }
}
