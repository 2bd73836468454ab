import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { defaultLimits } from './limits.ts'
import type { Surroundings } from './socket-connection.ts'
import { StreamWatch } from './stream-watch.ts'

test('what a look takes is part of the time to the next, however many sockets there are', async () => {
  const clock = new ManualClock()
  const limits = { ...defaultLimits, unacknowledged: 5000 }
  const watch = new StreamWatch({ clock, limits, registry: { all: () => [] } } as unknown as Surroundings)
  watch.start()
  clock.advance(1000)
  assert.equal(clock.pending, 0, 'it looks')
  clock.advance(300)
  while (clock.pending === 0) await nextTurn()
  clock.advance(699)
  assert.equal(clock.pending, 1, 'it waits')
  clock.advance(1)
  assert.equal(clock.pending, 0, 'it looks again')
  watch.stop()
})
