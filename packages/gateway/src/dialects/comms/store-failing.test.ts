import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialectLimits } from '../../../test/support/dialect-limits.ts'
import { Problem } from '../../model/problem.ts'
import type { Connection } from '../../ports/connection.ts'
import type { Core } from '../../ports/core.ts'
import type { DialectTools } from '../../ports/dialect.ts'
import { Directory } from './directory.ts'
import { defaultCommsOptions } from './options.ts'
import { CommsSession } from './session.ts'
import { SessionKeeper } from './session-keeper.ts'

const fails = () => Promise.reject(new Problem('store_failed'))
const user = { userId: 'ann', name: 'Ann', admin: false, bot: false, expiresAt: 0 }
const kept = { data: '{"room":"lobby","epoch":"e"}' }

/** What a client that resumes hears when the store fails in some call. */
async function heard(failing: { claim?: typeof fails; enter?: typeof fails }): Promise<unknown[]> {
  const frames: unknown[] = []
  let isOver = () => {}
  const over = new Promise<void>((resolve) => {
    isOver = resolve
  })
  const connection = {
    id: 'c1',
    open: true,
    send: (text: string) => void frames.push(JSON.parse(text)),
    close(code: number) {
      frames.push(code)
      isOver()
    },
    identify() {},
    wakeIn() {},
  } as unknown as Connection
  const core = {
    accounts: { user: async () => user },
    rooms: { onCreated() {}, onAdmitted() {}, enter: failing.enter },
    sessions: { claim: failing.claim ?? (async () => kept), keep: async () => {}, release() {}, end() {} },
  } as unknown as Core
  const tools = { clock: { monotonic: () => 0, now: () => 0 }, random: { integer: () => 1 } } as unknown
  const session = new CommsSession(connection, {
    ...(tools as DialectTools),
    limits: dialectLimits,
    core,
    options: defaultCommsOptions,
    sessions: new SessionKeeper(core.sessions, (tools as DialectTools).random),
    directory: new Directory(core.rooms),
  })
  session.receive(Buffer.from('{"f":110,"cnf":{"token":"t","session_id":5,"s":1}}'), false)
  await over
  return frames.slice(1)
}

test('a resume that the store fails is error 99 and closed, as nobody can present themselves twice; the session stays', async () => {
  for (const failing of [{ claim: fails }, { enter: fails }]) {
    const [error, code, ...more] = await heard(failing)
    assert.deepEqual(
      [error, code, more],
      [
        { f: 150, cnf: { c: 99, d: true, m: 'The store could not keep this; nothing was done. Try again.' } },
        4099,
        [],
      ],
    )
  }
})
