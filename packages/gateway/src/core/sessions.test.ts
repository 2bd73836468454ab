import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionStore } from '../ports/engine.ts'
import { createSessions } from './sessions.ts'

test('a session that was let go can be resumed for its window, one that was ended not even in the same moment', () => {
  const released: unknown[] = []
  const store = {
    release: async (...given: unknown[]) => void released.push(given),
  } as unknown as SessionStore
  const sessions = createSessions({
    store,
    random: { id: () => 'id', integer: () => 0 },
    log: { info() {}, warn() {}, error() {} },
    resumeWindow: 120_000,
  })
  sessions.release('one', 'owner')
  sessions.end('other', 'owner')
  assert.deepEqual(released, [
    ['one', 'owner', 120_000],
    ['other', 'owner', 0],
  ])
})
