import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unlimited } from '../faults/support/writing.ts'
import { spawnGateway } from '../harness.ts'
import { inspectable } from './inspector.ts'
import { Soak } from './soak.ts'

test('the soak runs, finds nothing wrong and says what it did', async () => {
  const gateway = await spawnGateway(unlimited, () => ({ env: inspectable }))
  try {
    const soak = await Soak.begin(gateway)
    assert.deepEqual(await soak.run(500), [])
    assert.match(soak.summary(), /messages acknowledged and heard by 20 followers in one order/)
  } finally {
    await gateway.dispose()
  }
})
