import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spawnGateway } from '../harness.ts'
import { Crowd } from './support/crowd.ts'
import { times } from './support/scale.ts'
import { unlimited } from './support/writing.ts'

test('all who follow break off and come back at once, while others go on writing: nobody misses anything, nobody hears it twice', async (t) => {
  const gateway = await spawnGateway(unlimited)
  let crowd: Crowd | undefined
  try {
    crowd = await Crowd.gather(gateway, 4, times(10, 220), times(1, 20))
    const { followers } = crowd
    for (let storm = 0; storm < 3; storm++) {
      const before = crowd.written.length
      const began = performance.now()
      await crowd.breakAll()
      const took = Math.round(performance.now() - began)
      const meanwhile = crowd.written.length - before
      t.diagnostic(
        `${followers.length} came back in ${took} ms; meanwhile ${meanwhile} messages were written`,
      )
      assert.ok(meanwhile > 0, 'there was something to miss')
    }
    await crowd.settle()
  } finally {
    await crowd?.abandon()
    await gateway.dispose()
  }
})
