import assert from 'node:assert/strict'
import type { Session } from '../../../src/model/session.ts'
import { noon } from './acts.ts'
import type { EngineTest } from './suite.ts'

const session: Session = { id: 's1', dialect: 'rooms', room: 'general', userId: 'ann', data: '{"a":1}' }
const retention = { public: { events: 0, age: 0 }, members: { events: 0, age: 0 } }

export function sessionsContract(test: EngineTest): void {
  test('a released session goes to whoever has its secret, in time', async ({ engine: { sessions } }) => {
    await sessions.open(session, 'hash', 'c1')
    await sessions.release('s1', 'c1', noon + 100)
    assert.equal(await sessions.claim('s1', 'wrong', 'c2', noon), null)
    assert.equal(await sessions.claim('s2', 'hash', 'c2', noon), null)
    assert.equal(await sessions.claim('s1', 'hash', 'c2', noon + 100), null)
    assert.deepEqual(await sessions.claim('s1', 'hash', 'c2', noon + 99), session)
  })

  test('a session that has an owner is not handed on', async ({ engine: { sessions } }) => {
    await sessions.open(session, 'hash', 'c1')
    assert.equal(await sessions.claim('s1', 'hash', 'c2', noon), null)
  })

  test('of many claims at once one succeeds', async ({ engine: { sessions } }) => {
    for (let round = 0; round < 20; round++) {
      const id = `s${round}`
      await sessions.open({ ...session, id }, 'hash', 'c1')
      await sessions.release(id, 'c1', noon + 100)
      const claims = await Promise.all(
        Array.from({ length: 5 }, (_, i) => sessions.claim(id, 'hash', `c${i + 2}`, noon)),
      )
      assert.equal(claims.filter((claim) => claim !== null).length, 1)
    }
  })

  test('only its owner releases a session', async ({ engine: { sessions } }) => {
    await sessions.open(session, 'hash', 'c1')
    await sessions.release('s1', 'c1', noon + 100)
    await sessions.claim('s1', 'hash', 'c2', noon)
    await sessions.release('s1', 'c1', noon + 100)
    assert.equal(await sessions.claim('s1', 'hash', 'c3', noon), null)
  })

  test('its owner keeps what has changed of a session, and nobody else does', async ({
    engine: { sessions },
  }) => {
    await sessions.open(session, 'hash', 'c1')
    await sessions.open({ ...session, room: 'other', data: '{}' }, 'new hash', 'c1')
    await sessions.open({ ...session, data: '{"stolen":true}' }, 'stolen', 'c2')
    await sessions.release('s1', 'c1', noon + 100)
    assert.equal(await sessions.claim('s1', 'hash', 'c2', noon), null)
    assert.equal(await sessions.claim('s1', 'stolen', 'c2', noon), null)
    const kept = { ...session, room: 'other', data: '{}' }
    assert.deepEqual(await sessions.claim('s1', 'new hash', 'c2', noon), kept)
  })

  test('a released session outlives a restart, and so does one whose owner went with it', async (under) => {
    const anonymous = { ...session, id: 's2', userId: null }
    await under.engine.sessions.open(session, 'hash', 'c1')
    await under.engine.sessions.release('s1', 'c1', noon + 100)
    await under.engine.sessions.open(anonymous, 'hash', 'c2')
    await under.reopen()
    const { sessions } = under.engine
    assert.deepEqual(await sessions.claim('s1', 'hash', 'c1', noon + 99), session)
    assert.deepEqual(await sessions.claim('s2', 'hash', 'c9', noon), anonymous)
    assert.equal(await sessions.claim('s2', 'hash', 'c9', noon), null)
  })

  test('trimming removes expired sessions and no others', async ({ engine }) => {
    const { sessions } = engine
    for (const id of ['s1', 's2', 's3']) await sessions.open({ ...session, id }, 'hash', 'c1')
    await sessions.release('s1', 'c1', noon - 1)
    await sessions.release('s2', 'c1', noon + 1)
    await engine.upkeep.trim(noon, retention)
    assert.equal(await sessions.claim('s1', 'hash', 'c2', noon - 2), null)
    assert.equal((await sessions.claim('s2', 'hash', 'c2', noon))?.id, 's2')
    await sessions.release('s3', 'c1', noon + 1)
    assert.equal((await sessions.claim('s3', 'hash', 'c2', noon))?.id, 's3')
  })
}
