import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Problem } from '../../model/problem.ts'
import { anchorId, parseSince } from './anchor.ts'

describe('since', () => {
  const isRefused = (error: unknown) => error instanceof Problem && error.code === 'invalid_position'

  it('is the id of an event', () => {
    assert.deepEqual(parseSince('evt_gPVZZQC5'), { eventId: 'evt_gPVZZQC5' })
    assert.deepEqual(parseSince('evt_abc_def-0123456_'), { eventId: 'evt_abc_def-0123456_' })
  })

  it('is the id of a CONNECTED frame, which holds the position', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.string({ minLength: 1, maxLength: 30 }), (seq, epoch) => {
        fc.pre(epoch.isWellFormed())
        const id = anchorId({ epoch, seq }, 'ab_cd-0123456789')
        assert.match(id, /^evt_[A-Za-z0-9_-]{8,}$/)
        assert.deepEqual(parseSince(id), { epoch, seq })
      }),
    )
  })

  it('is nothing else', () => {
    const nonsense = [
      '1',
      '-1',
      'null',
      'evt_',
      'evt_short',
      'evt_12345678 ',
      'client_fXoSDfqi',
      `evt_${'x'.repeat(500)}`,
    ]
    nonsense.push(anchorId({ epoch: 'e', seq: 0 }, 'ab_cd-0123456789').replace('_0_', '_zzzzzzzzzzz_'))
    for (const text of nonsense) {
      assert.throws(() => parseSince(text), isRefused, text)
    }
  })
})
