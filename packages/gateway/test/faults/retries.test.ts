import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestGateway } from '../harness.ts'
import { keyedActs } from './support/keyed-acts.ts'
import { BreakingProxy } from './support/proxy.ts'
import { times } from './support/scale.ts'
import { contentsOf, makeRoom, unlimited } from './support/writing.ts'

test('what is asked again with its key, because the answer was lost, happens once: five times, over a restart', async () => {
  const gateway = await startTestGateway(unlimited)
  const proxy = await BreakingProxy.before(gateway.url)
  try {
    await makeRoom(gateway, ['ann'])
    const expected = ['the room is made']
    for (const [name, ask] of Object.entries(keyedActs(proxy))) {
      for (let round = 0; round < times(1, 20); round++) {
        const content = `${name} ${round}`
        expected.push(content)
        for (let lost = 0; lost < 4; lost++) {
          // The answer is dropped, and the connection with it; what precedes it (a handshake) passes.
          proxy.downstream = (bytes, client) => {
            const passes = bytes.includes('101 Switching Protocols')
            if (!passes) client.destroy()
            return passes
          }
          await assert.rejects(ask(content))
          if (lost === 1) {
            await gateway.restart()
            proxy.target = gateway.url
          }
        }
        proxy.downstream = null
        const answer = await ask(content)
        assert.ok(answer !== undefined, name)
        assert.equal(await ask(content), answer, `${name}: the same answer`)
      }
    }
    assert.deepEqual(await contentsOf(gateway), expected)
  } finally {
    await proxy.close()
    await gateway.dispose()
  }
})
