import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { RecentReplies } from './recent-replies.ts'

function counting(clock = new ManualClock()) {
  const replies = new RecentReplies<number>(clock, 300_000)
  let made = 0
  return { clock, ask: (key = 'k') => replies.once(key, async () => ++made), replies }
}

test('a repeated key gets the first reply, also while that is still being made', async () => {
  const { ask } = counting()
  assert.deepEqual(await Promise.all([ask(), ask(), ask('other')]), [1, 1, 2])
  assert.equal(await ask(), 1)
})

test('a reply is forgotten when its time is over', async () => {
  const { ask, clock } = counting()
  await ask()
  clock.advance(299_999)
  assert.equal(await ask(), 1)
  clock.advance(1)
  assert.equal(await ask(), 2)
})

test('a failure is not kept', async () => {
  const { replies } = counting()
  await assert.rejects(replies.once('k', () => Promise.reject(new Error('no'))))
  assert.equal(await replies.once('k', async () => 7), 7)
})
