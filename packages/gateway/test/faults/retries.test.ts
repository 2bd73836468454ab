import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestGateway } from '../harness.ts'
import { keyedActs } from './support/keyed-acts.ts'
import { BreakingProxy } from './support/proxy.ts'
import { times } from './support/scale.ts'
import { makeRoom, storyOf, unlimited } from './support/writing.ts'

test('what is asked again with its key, because the answer was lost, happens once: five times, over a restart', async () => {
  const gateway = await startTestGateway(unlimited)
  const proxy = await BreakingProxy.before(gateway.url)
  try {
    await makeRoom(gateway, ['ann'])
    const expected = ['new: the room is made']
    for (const [name, prepare] of Object.entries(keyedActs)) {
      for (let round = 0; round < times(1, 20); round++) {
        const { ask, log, happenedOnce } = await prepare(proxy, `${name} ${round}`)
        expected.push(...log)
        for (let lost = 0; lost < 4; lost++) {
          // The answer is dropped, and the connection with it; what precedes it (a handshake) passes.
          proxy.downstream = (bytes, client) => {
            const passes = bytes.includes('101 Switching Protocols')
            if (!passes) client.destroy()
            return passes
          }
          await assert.rejects(ask())
          if (lost === 1) {
            await gateway.restart()
            proxy.target = gateway.url
          }
        }
        proxy.downstream = null
        const answer = await ask()
        assert.ok(answer !== undefined, name)
        assert.equal(await ask(), answer, `${name}: the same answer`)
        await happenedOnce?.()
      }
    }
    assert.deepEqual(await storyOf(gateway), expected)
  } finally {
    await proxy.close()
    await gateway.dispose()
  }
})
