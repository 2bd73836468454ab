import assert from 'node:assert/strict'
import type { Session } from '../../../src/model/session.ts'
import type { EngineTest } from './suite.ts'

const session: Session = { id: 's1', dialect: 'rooms', room: 'general', userId: 'ann', data: '{"a":1}' }
const retention = { public: { events: 0, age: 0 }, members: { events: 0, age: 0 } }

export function sessionsContract(test: EngineTest): void {
  test('a released session goes to whoever has its secret, in time', async ({ engine, clock }) => {
    const { sessions } = engine
    for (const id of ['s1', 's2']) {
      await sessions.open({ ...session, id }, 'hash', 'c1')
      await sessions.release(id, 'c1', 100)
    }
    assert.equal(await sessions.claim('s1', 'wrong', 'c2'), null)
    assert.equal(await sessions.claim('s3', 'hash', 'c2'), null)
    clock.advance(99)
    assert.deepEqual(await sessions.claim('s1', 'hash', 'c2'), session)
    clock.advance(1)
    assert.equal(await sessions.claim('s2', 'hash', 'c2'), null)
  })

  test('a session that is released for no time at all is over at once', async ({ engine: { sessions } }) => {
    await sessions.open(session, 'hash', 'c1')
    await sessions.release('s1', 'c1', 0)
    assert.equal(await sessions.claim('s1', 'hash', 'c2'), null)
  })

  test('a jump of the wall clock ends no session', async ({ engine, clock }) => {
    await engine.sessions.open(session, 'hash', 'c1')
    await engine.sessions.release('s1', 'c1', 100)
    clock.jump(3_600_000)
    await engine.upkeep.trim(clock.now(), retention)
    assert.deepEqual(await engine.sessions.claim('s1', 'hash', 'c2'), session)
  })

  test('a session that has an owner is not handed on', async ({ engine: { sessions } }) => {
    await sessions.open(session, 'hash', 'c1')
    assert.equal(await sessions.claim('s1', 'hash', 'c2'), null)
  })

  test('of many claims at once one succeeds', async ({ engine: { sessions } }) => {
    for (let round = 0; round < 20; round++) {
      const id = `s${round}`
      await sessions.open({ ...session, id }, 'hash', 'c1')
      await sessions.release(id, 'c1', 100)
      const claims = await Promise.all(
        Array.from({ length: 5 }, (_, i) => sessions.claim(id, 'hash', `c${i + 2}`)),
      )
      assert.equal(claims.filter((claim) => claim !== null).length, 1)
    }
  })

  test('only its owner releases a session', async ({ engine: { sessions } }) => {
    await sessions.open(session, 'hash', 'c1')
    await sessions.release('s1', 'c1', 100)
    await sessions.claim('s1', 'hash', 'c2')
    await sessions.release('s1', 'c1', 100)
    assert.equal(await sessions.claim('s1', 'hash', 'c3'), null)
  })

  test('its owner keeps what has changed of a session, and nobody else does', async ({
    engine: { sessions },
  }) => {
    await sessions.open(session, 'hash', 'c1')
    await sessions.open({ ...session, room: 'other', data: '{}' }, 'new hash', 'c1')
    await sessions.open({ ...session, data: '{"stolen":true}' }, 'stolen', 'c2')
    await sessions.release('s1', 'c1', 100)
    assert.equal(await sessions.claim('s1', 'hash', 'c2'), null)
    assert.equal(await sessions.claim('s1', 'stolen', 'c2'), null)
    const kept = { ...session, room: 'other', data: '{}' }
    assert.deepEqual(await sessions.claim('s1', 'new hash', 'c2'), kept)
  })

  test('a released session outlives a restart, and so does one whose owner went with it', async (under) => {
    const anonymous = { ...session, id: 's2', userId: null }
    await under.engine.sessions.open(session, 'hash', 'c1')
    await under.engine.sessions.release('s1', 'c1', 100)
    await under.engine.sessions.open(anonymous, 'hash', 'c2')
    await under.reopen()
    const { sessions } = under.engine
    under.clock.advance(99)
    assert.deepEqual(await sessions.claim('s1', 'hash', 'c1'), session)
    assert.deepEqual(await sessions.claim('s2', 'hash', 'c9'), anonymous)
    assert.equal(await sessions.claim('s2', 'hash', 'c9'), null)
  })

  test('trimming removes expired sessions and no others', async ({ engine, clock }) => {
    const { sessions } = engine
    for (const id of ['s1', 's2', 's3']) await sessions.open({ ...session, id }, 'hash', 'c1')
    await sessions.release('s1', 'c1', 1)
    await sessions.release('s2', 'c1', 2)
    clock.advance(1)
    await engine.upkeep.trim(clock.now(), retention)
    assert.equal(await sessions.claim('s1', 'hash', 'c2'), null)
    assert.equal((await sessions.claim('s2', 'hash', 'c2'))?.id, 's2')
    await sessions.release('s3', 'c1', 1)
    assert.equal((await sessions.claim('s3', 'hash', 'c2'))?.id, 's3')
  })
}
