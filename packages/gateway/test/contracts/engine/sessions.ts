import assert from 'node:assert/strict'
import type { Session } from '../../../src/model/session.ts'
import type { EngineTest } from './suite.ts'

const session: Session = { id: 's1', dialect: 'rooms', room: 'general', userId: 'ann', data: '{"a":1}' }
const named = (id: string): Session => ({ ...session, id })
const retention = { public: { events: 0, age: 0 }, members: { events: 0, age: 0 } }

export function sessionsContract(test: EngineTest): void {
  test('a released session goes to whoever has its secret, in time', async ({ engine, clock }) => {
    const { sessions } = engine
    for (const id of ['s1', 's2']) {
      await sessions.open(named(id), 'hash', 'c1')
      await sessions.release(id, 'c1', 100)
    }
    assert.equal(await sessions.claim(session, 'wrong', 'c2'), null)
    assert.equal(await sessions.claim(named('s3'), 'hash', 'c2'), null)
    clock.advance(99)
    assert.equal(await sessions.claim(session, 'hash', 'c2'), session.data)
    clock.advance(1)
    assert.equal(await sessions.claim(named('s2'), 'hash', 'c2'), null)
  })

  test('a session goes to nobody else, in no other room and dialect, and is there for its own user all the while', async ({
    engine: { sessions },
  }) => {
    await sessions.open(session, 'hash', 'c1')
    await sessions.release('s1', 'c1', 100)
    const others = [{ userId: 'eve' }, { userId: null }, { room: 'other' }, { dialect: 'comms' }]
    const claims = others.map((other) => sessions.claim({ ...session, ...other }, 'hash', 'c2'))
    assert.equal(await sessions.claim(session, 'hash', 'c3'), session.data)
    assert.deepEqual(await Promise.all(claims), [null, null, null, null])
  })

  test('a session that is released for no time at all is over at once', async ({ engine: { sessions } }) => {
    await sessions.open(session, 'hash', 'c1')
    await sessions.release('s1', 'c1', 0)
    assert.equal(await sessions.claim(session, 'hash', 'c2'), null)
  })

  test('a jump of the wall clock ends no session', async ({ engine, clock }) => {
    await engine.sessions.open(session, 'hash', 'c1')
    await engine.sessions.release('s1', 'c1', 100)
    clock.jump(3_600_000)
    await engine.upkeep.trim(clock.now(), retention)
    assert.equal(await engine.sessions.claim(session, 'hash', 'c2'), session.data)
  })

  test('a session that has an owner is not handed on', async ({ engine: { sessions } }) => {
    await sessions.open(session, 'hash', 'c1')
    assert.equal(await sessions.claim(session, 'hash', 'c2'), null)
  })

  test('of many claims at once one succeeds', async ({ engine: { sessions } }) => {
    for (let round = 0; round < 20; round++) {
      const id = `s${round}`
      await sessions.open(named(id), 'hash', 'c1')
      await sessions.release(id, 'c1', 100)
      const claims = await Promise.all(
        Array.from({ length: 5 }, (_, i) => sessions.claim(named(id), 'hash', `c${i + 2}`)),
      )
      assert.equal(claims.filter((claim) => claim !== null).length, 1)
    }
  })

  test('only its owner releases a session', async ({ engine: { sessions } }) => {
    await sessions.open(session, 'hash', 'c1')
    await sessions.release('s1', 'c1', 100)
    await sessions.claim(session, 'hash', 'c2')
    await sessions.release('s1', 'c1', 100)
    assert.equal(await sessions.claim(session, 'hash', 'c3'), null)
  })

  test('its owner keeps what has changed of a session, and nobody else does', async ({
    engine: { sessions },
  }) => {
    const kept = { ...session, room: 'other', data: '{}' }
    await sessions.open(session, 'hash', 'c1')
    await sessions.open(kept, 'new hash', 'c1')
    await sessions.open({ ...session, data: '{"stolen":true}' }, 'stolen', 'c2')
    await sessions.release('s1', 'c1', 100)
    assert.equal(await sessions.claim(kept, 'hash', 'c2'), null)
    assert.equal(await sessions.claim(kept, 'stolen', 'c2'), null)
    assert.equal(await sessions.claim(session, 'new hash', 'c2'), null)
    assert.equal(await sessions.claim(kept, 'new hash', 'c2'), kept.data)
  })

  test('a released session outlives a restart, and so does one whose owner went with it', async (under) => {
    const anonymous = { ...named('s2'), userId: null }
    await under.engine.sessions.open(session, 'hash', 'c1')
    await under.engine.sessions.release('s1', 'c1', 100)
    await under.engine.sessions.open(anonymous, 'hash', 'c2')
    await under.reopen()
    const { sessions } = under.engine
    under.clock.advance(99)
    assert.equal(await sessions.claim(session, 'hash', 'c1'), session.data)
    assert.equal(await sessions.claim(anonymous, 'hash', 'c9'), anonymous.data)
    assert.equal(await sessions.claim(anonymous, 'hash', 'c9'), null)
  })

  test('trimming removes expired sessions and no others', async ({ engine, clock }) => {
    const { sessions } = engine
    for (const id of ['s1', 's2', 's3']) await sessions.open(named(id), 'hash', 'c1')
    await sessions.release('s1', 'c1', 1)
    await sessions.release('s2', 'c1', 2)
    clock.advance(1)
    await engine.upkeep.trim(clock.now(), retention)
    assert.equal(await sessions.claim(session, 'hash', 'c2'), null)
    assert.equal(await sessions.claim(named('s2'), 'hash', 'c2'), session.data)
    await sessions.release('s3', 'c1', 1)
    assert.equal(await sessions.claim(named('s3'), 'hash', 'c2'), session.data)
  })
}
