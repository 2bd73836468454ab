import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialectLimits } from '../../../test/support/dialect-limits.ts'
import { FakeConnection } from '../../../test/support/fake-outbound.ts'
import type { Core, User } from '../../ports/core.ts'
import type { DialectTools } from '../../ports/dialect.ts'
import { defaultMessengerOptions } from './options.ts'
import { Session } from './session.ts'

function scene() {
  const connection = new FakeConnection('1')
  const core = { mail: { reader: () => ({ leave() {} }) } } as unknown as Core
  const user = { userId: 'a', expiresAt: 0 } as User
  const tools = {
    clock: { now: () => 0, monotonic: () => 0 },
    limits: dialectLimits,
  } as unknown as DialectTools
  return { connection, session: new Session(connection, user, core, defaultMessengerOptions, tools) }
}

test('a ping goes out every 25 s while there are signs of life', () => {
  const { connection, session } = scene()
  session.wake()
  session.alive()
  session.wake()
  session.wake()
  assert.deepEqual(connection.wakes, [25_000, 10_000, 15_000, 10_000])
  assert.equal(connection.pings, 2)
  assert.equal(connection.closedWith, null)
})

test('10 s without a sign after a ping close with 4008; any frame is a sign', () => {
  const { connection, session } = scene()
  session.wake()
  session.receive(Buffer.from('ping'), false)
  session.wake()
  session.wake()
  session.wake()
  assert.equal(connection.closedWith?.code, 4008)
})
