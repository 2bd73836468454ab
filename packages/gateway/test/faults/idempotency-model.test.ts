import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { startTestGateway, type TestGateway } from '../harness.ts'
import { keyedActs } from './support/keyed-acts.ts'
import { holds, seldom } from './support/model.ts'
import { BreakingProxy } from './support/proxy.ts'
import { times } from './support/scale.ts'
import { headOf, makeRoom, storyOf, unlimited } from './support/writing.ts'

/** Something that is done with one key until there is an answer, and then once more. */
const act = fc.record({
  name: fc.constantFrom(...Object.keys(keyedActs)),
  tries: fc.array(
    fc.record({
      /** The connection breaks after so many bytes of what the gateway sends. */
      bytes: fc.nat(700),
      /** So many ask the same at once. */
      atOnce: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 3 },
  ),
})
/** Restarts take a while: in few runs, before one of the tries of one of the acts. */
const acts = fc.tuple(
  fc.array(act, { minLength: 1, maxLength: 2 }),
  seldom(fc.tuple(fc.nat(1), fc.nat(1)), 30),
)

let written = 0

describe('whatever is asked again with its key', () => {
  it('happens once, and every answer is the same, wherever connections break', async (t) => {
    const gateway = await startTestGateway(unlimited)
    const proxy = await BreakingProxy.before(gateway.url)
    t.after(async () => {
      await proxy.close()
      await gateway.dispose()
    })
    await makeRoom(gateway, ['ann'])
    const seen = { lost: 0, answered: 0 }
    const property = fc.asyncProperty(acts, async ([all, restart]) => {
      const start = await headOf(gateway)
      const expected: string[] = []
      for (const [number, { name, tries }] of all.entries()) {
        const { ask, log, happenedOnce } = await keyedActs[name]!(proxy, `message ${written++}`)
        expected.push(...log)
        const answers = new Set<unknown>()
        for (const [at, { bytes, atOnce }] of tries.entries()) {
          if (restart?.[0] === number && restart[1] === at) await moved(gateway, proxy)
          proxy.cutAfter(bytes)
          const asked = Array.from({ length: atOnce }, ask)
          for (const outcome of await Promise.allSettled(asked)) {
            if (outcome.status === 'fulfilled') answers.add(outcome.value)
            seen[outcome.status === 'fulfilled' ? 'answered' : 'lost'] += 1
          }
        }
        proxy.downstream = null
        answers.add(await ask())
        answers.add(await ask())
        assert.equal(answers.size, 1, `${name}: one answer, not ${[...answers]}`)
        assert.ok(!answers.has(undefined))
        await happenedOnce?.()
      }
      assert.deepEqual(await storyOf(gateway, start), expected)
    })
    await holds(t, 'idempotency', property, times(25, 2000))
    t.diagnostic(`${seen.lost} tries without an answer, ${seen.answered} with one`)
    assert.ok(seen.lost > 0 && seen.answered > 0)
  })
})

async function moved(gateway: TestGateway, proxy: BreakingProxy): Promise<void> {
  await gateway.restart()
  proxy.target = gateway.url
}
