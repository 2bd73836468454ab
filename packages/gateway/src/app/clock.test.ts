import assert from 'node:assert/strict'
import { afterEach, beforeEach, it, mock } from 'node:test'
import { systemClock } from './clock.ts'

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
afterEach(() => mock.timers.reset())

const day = 86_400_000

it('waits as long as it is told, even longer than a timer can', () => {
  let calls = 0
  systemClock.after(60 * day, () => calls++)
  for (let passed = 0; passed < 59; passed++) mock.timers.tick(day)
  assert.equal(calls, 0)
  // The mocked timers let one that is set by another begin at the end of the tick.
  for (let passed = 0; passed < 3; passed++) mock.timers.tick(day)
  assert.equal(calls, 1)
})

it('does not call what was cancelled, however late', () => {
  const cancel = systemClock.after(60 * day, () => assert.fail('it was cancelled'))
  for (let passed = 0; passed < 30; passed++) mock.timers.tick(day)
  cancel()
  for (let passed = 0; passed < 60; passed++) mock.timers.tick(day)
})
