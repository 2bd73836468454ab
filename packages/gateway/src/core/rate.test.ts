import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Rate } from './rate.ts'

test('a burst is let through, then so many a second, and the refusal says when to come back', () => {
  const clock = new ManualClock()
  const rate = new Rate(clock, { perSecond: 2, burst: 10 })
  for (let i = 0; i < 10; i++) rate.take('ada')
  assert.throws(() => rate.take('ada'), { code: 'rate_limited', retryAfter: 1 })
  rate.take('bob')
  clock.advance(500)
  rate.take('ada')
  assert.throws(() => rate.take('ada'), { code: 'rate_limited' })
  clock.advance(5000)
  for (let i = 0; i < 10; i++) rate.take('ada')
})

test('0 a second is no limit', () => {
  const rate = new Rate(new ManualClock(), { perSecond: 0, burst: 0 })
  for (let i = 0; i < 1000; i++) rate.take('ada')
  assert.equal(rate.size, 0)
})

test('who has been quiet is forgotten', () => {
  const clock = new ManualClock()
  const rate = new Rate(clock, { perSecond: 10, burst: 10 })
  for (let i = 0; i < 1000; i++) rate.take(`visitor ${i}`)
  assert.equal(rate.size, 1000)
  for (let i = 0; i < 1000; i++) {
    clock.advance(100)
    rate.take('ada')
  }
  assert.equal(rate.size, 1)
})
