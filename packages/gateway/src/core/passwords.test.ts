import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { GuessLimit, hashPassword, passwordFits } from './passwords.ts'

const guessing = { perAddress: 5, perRoom: 50 }

test('a password fits its own hash only, and two hashes of it differ', async () => {
  const hash = await hashPassword('open sesame')
  assert.notEqual(hash, await hashPassword('open sesame'))
  assert.equal(await passwordFits('open sesame', hash), true)
  assert.equal(await passwordFits('open sesame ', hash), false)
  assert.ok(!hash.includes('sesame'))
})

test('the sixth wrong guess within a minute from one address is refused, and says when to come back', () => {
  const clock = new ManualClock()
  const limit = new GuessLimit(clock, guessing)
  for (let i = 0; i < 5; i++) limit.guess('lobby', '10.0.0.1')
  clock.advance(20_000)
  assert.throws(() => limit.guess('lobby', '10.0.0.1'), { code: 'rate_limited', retryAfter: 40 })
  limit.guess('lobby', '10.0.0.2')
  limit.guess('other', '10.0.0.1')
  clock.advance(40_000)
  limit.guess('lobby', '10.0.0.1')
})

test('guesses from many addresses add up for a room', () => {
  const limit = new GuessLimit(new ManualClock(), guessing)
  for (let i = 0; i < 50; i++) limit.guess('lobby', `10.0.1.${i}`)
  assert.throws(() => limit.guess('lobby', '10.0.2.1'), { code: 'rate_limited' })
})

test('right passwords do not count', () => {
  const limit = new GuessLimit(new ManualClock(), guessing)
  for (let i = 0; i < 100; i++) {
    limit.guess('lobby', '10.0.0.1')
    limit.right('lobby', '10.0.0.1')
  }
})
