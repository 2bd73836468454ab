import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spawnGateway } from '../harness.ts'
import { inspectable } from './inspector.ts'
import { Soak, soakConfig } from './soak.ts'

test('the soak runs, finds nothing wrong and says what it did', async () => {
  const gateway = await spawnGateway(soakConfig, () => ({ env: inspectable }))
  try {
    const soak = await Soak.begin(gateway)
    assert.deepEqual(await soak.run(500), [])
    assert.match(soak.summary(), /[1-9]\d* messages acknowledged, heard [1-9]\d* times by 20 followers/)
    assert.match(soak.summary(), /[1-9]\d* commands, [1-9]\d* of them executed/)
  } finally {
    await gateway.dispose()
  }
})
