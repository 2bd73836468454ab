import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { type Timed, TimingWheel, unscheduled } from './timing-wheel.ts'

const tick = 50

class Alarm implements Timed {
  dueAt = 0
  slot = unscheduled
  previous: Timed | null = null
  following: Timed | null = null
  readonly fired: number[] = []
  readonly #clock: ManualClock
  readonly #then: () => void

  constructor(clock: ManualClock, then: () => void = () => {}) {
    this.#clock = clock
    this.#then = then
  }

  elapsed(): void {
    this.fired.push(this.#clock.monotonic())
    this.#then()
  }
}

test('fires once, never early, at most a tick late', () => {
  const clock = new ManualClock()
  const wheel = new TimingWheel(clock)
  const alarm = new Alarm(clock)
  wheel.schedule(alarm, 10_020)
  clock.advance(10_019)
  assert.deepEqual(alarm.fired, [])
  clock.advance(31)
  assert.deepEqual(alarm.fired, [10_050])
  clock.advance(200_000)
  assert.deepEqual(alarm.fired, [10_050])
})

test('waits with one timer, and with none when nothing is scheduled', () => {
  const clock = new ManualClock()
  const wheel = new TimingWheel(clock)
  const alarms = Array.from({ length: 500 }, () => new Alarm(clock))
  assert.equal(clock.pending, 0)
  alarms.forEach((alarm, index) => {
    wheel.schedule(alarm, (index * 7919) % 100_000)
  })
  assert.equal(clock.pending, 1)
  clock.advance(100_050)
  assert.ok(alarms.every(({ fired }) => fired.length === 1))
  assert.equal(clock.pending, 0)
  assert.equal(wheel.size, 0)
})

test('a deadline a hundred days off does not overflow the timer', () => {
  const clock = new ManualClock()
  const asked: number[] = []
  const wheel = new TimingWheel({
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, call) => {
      asked.push(ms)
      return clock.after(ms, call)
    },
  })
  const alarm = new Alarm(clock)
  wheel.schedule(alarm, 100 * 86_400_000)
  assert.ok(asked.every((ms) => ms < 2 ** 31))
  clock.advance(100 * 86_400_000)
  assert.equal(alarm.fired.length, 1)
})

test('what fires may cancel or move what would fire in the same tick, and itself anew', () => {
  const clock = new ManualClock()
  const wheel = new TimingWheel(clock)
  const cancelled = new Alarm(clock)
  const moved = new Alarm(clock)
  const first = new Alarm(clock, () => {
    wheel.cancel(cancelled)
    wheel.schedule(moved, 500)
    if (first.fired.length < 3) wheel.schedule(first, clock.monotonic() + 100)
  })
  wheel.schedule(cancelled, 100)
  wheel.schedule(moved, 100)
  wheel.schedule(first, 100)
  clock.advance(1000)
  assert.deepEqual(cancelled.fired, [])
  assert.deepEqual(moved.fired, [500])
  assert.deepEqual(first.fired, [100, 200, 300])
})

test('after a pause longer than a round everything overdue fires, and nothing else', () => {
  const clock = new ManualClock()
  let asleep: (() => void) | null = null
  const wheel = new TimingWheel({
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (_, call) => {
      asleep = call
      return () => {}
    },
  })
  const overdue = [70, 5000, 51_000, 190_000].map((at) => {
    const alarm = new Alarm(clock)
    wheel.schedule(alarm, at)
    return alarm
  })
  const later = new Alarm(clock)
  wheel.schedule(later, 300_000)
  clock.advance(200_000)
  asleep!()
  assert.ok(overdue.every(({ fired }) => fired.length === 1))
  assert.deepEqual(later.fired, [])
})

test('under any order of scheduling, moving and cancelling, each fires when its last deadline says', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('schedule' as const), which: fc.nat(5), delay: fc.nat(150_000) }),
    fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(5) }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(60_000) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new ManualClock()
      const wheel = new TimingWheel(clock)
      const alarms = Array.from({ length: 6 }, () => new Alarm(clock))
      const due: (number | null)[] = alarms.map(() => null)
      const check = (): void => {
        alarms.forEach((alarm, index) => {
          const deadline = due[index]!
          for (const at of alarm.fired.splice(0)) {
            assert.ok(deadline !== null && at >= deadline && at <= deadline + tick, `${at} for ${deadline}`)
            due[index] = null
          }
          assert.ok(due[index] === null || due[index]! + tick > clock.monotonic(), 'fired in time')
        })
      }
      for (const next of steps) {
        if (next.kind === 'advance') clock.advance(next.ms)
        check()
        if (next.kind === 'schedule') {
          due[next.which] = clock.monotonic() + next.delay
          wheel.schedule(alarms[next.which]!, due[next.which]!)
        } else if (next.kind === 'cancel') {
          due[next.which] = null
          wheel.cancel(alarms[next.which]!)
        }
      }
      clock.advance(200_000)
      check()
      assert.equal(wheel.size, 0)
    }),
  )
})
