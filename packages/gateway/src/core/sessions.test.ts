import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import type { SessionStore } from '../ports/engine.ts'
import { createSessions } from './sessions.ts'

test('a session that was let go can be resumed for its window, one that was ended not even in the same moment', () => {
  const clock = new ManualClock(1000)
  const released: unknown[] = []
  const store = {
    release: async (...given: unknown[]) => void released.push(given),
  } as unknown as SessionStore
  const sessions = createSessions({
    store,
    clock,
    random: { id: () => 'id', integer: () => 0 },
    log: { info() {}, warn() {}, error() {} },
    resumeWindow: 120_000,
  })
  sessions.release('one', 'owner')
  sessions.end('other', 'owner')
  // The store hands a session over only while it expires later than now.
  assert.deepEqual(released, [
    ['one', 'owner', 121_000],
    ['other', 'owner', 1000],
  ])
})
