import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InboundMeter } from './inbound-meter.ts'
import { defaultLimits } from './limits.ts'

const limits = { ...defaultLimits, strikes: 3, strikeWindow: 10_000 }
const frames = { perSecond: 10, burst: 2 }

function judge(meter: InboundMeter, now: number): string {
  const objection = meter.judge(frames, now, limits)
  if (objection === null) return 'passes'
  return `${objection.problem.code} ${objection.problem.retryAfter}${objection.fatal ? ' fatal' : ''}`
}

test('a frame above the rate is dropped with a hint, and the third within ten seconds ends the connection', () => {
  const meter = new InboundMeter()
  assert.deepEqual(
    [0, 0, 0, 50, 100, 100].map((now) => judge(meter, now)),
    ['passes', 'passes', 'rate_limited 1', 'rate_limited 1', 'passes', 'rate_limited 1 fatal'],
  )
})

test('strikes are forgotten after their window', () => {
  const meter = new InboundMeter()
  const twoStrikes = (now: number): string[] => [0, 0, 0, 0].map(() => judge(meter, now))
  const expected = ['passes', 'passes', 'rate_limited 1', 'rate_limited 1']
  assert.deepEqual(twoStrikes(0), expected)
  assert.deepEqual(twoStrikes(10_001), expected)
})
