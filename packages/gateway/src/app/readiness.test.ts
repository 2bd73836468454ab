import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { type Phase, readinessOf } from './readiness.ts'

function readiness(store: () => Promise<unknown>, phase: Phase = 'ready') {
  const clock = new ManualClock()
  return { clock, ask: readinessOf({ phase: () => phase, store, clock }) }
}

describe('readiness', () => {
  it('is there when the store answers', async () => {
    const { ask, clock } = readiness(async () => 0)
    assert.equal(await ask(), null)
    assert.equal(clock.pending, 0)
  })

  it('is missing while the gateway starts or stops, without asking the store', async () => {
    const store = () => assert.fail('the store was asked')
    assert.equal(await readiness(store, 'starting').ask(), 'starting')
    assert.equal(await readiness(store, 'draining').ask(), 'draining')
  })

  it('is missing when the store fails', async () => {
    const { ask } = readiness(() => Promise.reject(new Error('the disk is gone')))
    assert.equal(await ask(), 'store')
  })

  it('is missing when the store does not answer within two seconds', async () => {
    const { ask, clock } = readiness(() => new Promise(() => {}))
    const answer = ask()
    clock.advance(2000)
    assert.equal(await answer, 'store')
  })
})
