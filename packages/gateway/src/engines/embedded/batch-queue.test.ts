import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { refused } from '../../../test/contracts/engine/acts.ts'
import { Problem } from '../../model/problem.ts'
import { BatchQueue } from './batch-queue.ts'
import type { Answer, Call } from './calls.ts'

function queueWith(
  review: (calls: readonly Call[], answers: readonly Answer[]) => void = () => {},
  longest = 50_000,
) {
  const sent: (readonly Call[])[] = []
  const queue = new BatchQueue({ longest, send: (calls) => sent.push(calls), review })
  return { queue, sent }
}

/** Until a batch has been sent even if every turn had brought more. */
async function gathered(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await turn()
}

function rooms(batch: readonly Call[] | undefined): unknown[] {
  return batch?.map(([, room]) => room) ?? []
}

test('what is asked in one turn is one batch, and the next gathers while it is under way', async () => {
  const { queue, sent } = queueWith()
  const first = [queue.call('room', 'a'), queue.call('room', 'b')]
  assert.equal(sent.length, 0)
  await gathered()
  assert.deepEqual(sent.map(rooms), [['a', 'b']])
  const second = [queue.call('room', 'c')]
  await gathered()
  second.push(queue.call('room', 'd'))
  assert.equal(sent.length, 1)
  queue.answer([{ value: 1 }, { value: 2 }])
  assert.deepEqual(await Promise.all(first), [1, 2])
  assert.deepEqual(sent.slice(1).map(rooms), [['c', 'd']])
  queue.answer([{ value: 3 }, { value: 4 }])
  assert.deepEqual(await Promise.all(second), [3, 4])
})

test('a batch gathers as long as every turn brings more, but not for ever', async () => {
  const { queue, sent } = queueWith()
  const asked: Promise<unknown>[] = []
  for (const room of ['a', 'b', 'c']) {
    asked.push(queue.call('room', room))
    await turn()
  }
  await gathered()
  assert.deepEqual(sent.map(rooms), [['a', 'b', 'c']])
  queue.answer(Array.from({ length: 3 }, () => ({ value: 1 })))
  await Promise.all(asked)

  let turns = 0
  for (; sent.length === 1; turns++) {
    queue.call('room', `${turns}`).catch(() => {})
    await turn()
  }
  assert.ok(turns <= 10, `${turns} turns`)
  queue.fail(new Problem('going_down'))
})

test('the same question in one batch is asked once, and its answer is one object', async () => {
  const { queue, sent } = queueWith()
  const asked = [queue.read('room', 'a'), queue.read('room', 'b'), queue.read('room', 'a')]
  await gathered()
  assert.deepEqual(sent.map(rooms), [['a', 'b']])
  queue.answer([{ value: { id: 'a' } }, { value: null }])
  const [first, , again] = await Promise.all(asked)
  assert.equal(first, again)
})

test('a question whose like is under way is asked anew, since something may be written in between', async () => {
  const { queue, sent } = queueWith()
  const asked = [queue.read('room', 'a')]
  await gathered()
  asked.push(queue.read('room', 'a'))
  queue.answer([{ value: 1 }])
  assert.deepEqual(sent.map(rooms), [['a'], ['a']])
  queue.answer([{ value: 2 }])
  assert.deepEqual(await Promise.all(asked), [1, 2])
})

test('a question is not answered by its like in an earlier batch of the same queue', async () => {
  const { queue, sent } = queueWith()
  const asked = [queue.read('room', 'a')]
  for (let other = 1; other < 128; other++) asked.push(queue.call('room', `other ${other}`))
  asked.push(queue.read('room', 'a'))
  await gathered()
  queue.answer(Array.from({ length: 128 }, () => ({ value: 1 })))
  assert.deepEqual(rooms(sent[1]), ['a'])
  queue.answer([{ value: 2 }])
  assert.equal((await Promise.all(asked)).at(-1), 2)
})

test('a batch is reviewed before its callers hear of it', async () => {
  const order: string[] = []
  const { queue } = queueWith((calls) => order.push(`reviewed ${calls.length}`))
  const asked = queue.call('room', 'a').then(() => order.push('answered'))
  await gathered()
  queue.answer([{ value: null }])
  await asked
  assert.deepEqual(order, ['reviewed 1', 'answered'])
})

test('a refusal arrives as the problem it was', async () => {
  const { queue } = queueWith()
  const asked = queue.call('room', 'a')
  await gathered()
  queue.answer([{ refused: 'rate_limited', message: 'Slowly.', retryAfter: 3 }])
  const problem = await refused(asked, 'rate_limited')
  assert.deepEqual([problem.message, problem.retryAfter], ['Slowly.', 3])
})

test('finishing waits for all that was asked, and takes no more', async () => {
  const { queue, sent } = queueWith()
  const asked = [queue.call('room', 'a')]
  await gathered()
  asked.push(queue.call('room', 'b'))
  let finished = false
  const finishing = queue.finish().then(() => {
    finished = true
  })
  await refused(queue.call('room', 'c'), 'going_down')
  queue.answer([{ value: 1 }])
  await gathered()
  assert.equal(finished, false)
  queue.answer([{ value: 2 }])
  await finishing
  assert.deepEqual(await Promise.all(asked), [1, 2])
  assert.equal(sent.length, 2)
})

test('when nobody answers any more, everyone is told, now and later', async () => {
  const { queue } = queueWith()
  const underWay = refused(queue.call('room', 'a'), 'store_failed')
  await gathered()
  const waiting = refused(queue.call('room', 'b'), 'store_failed')
  queue.fail(new Problem('store_failed'))
  await Promise.all([underWay, waiting, refused(queue.call('room', 'c'), 'store_failed')])
  await queue.finish()
})

test('a queue that only grows refuses what comes on top, and says when to try again', async () => {
  const { queue } = queueWith(undefined, 200)
  const asked = Array.from({ length: 200 }, () => queue.call('room', 'a'))
  const problem = await refused(queue.call('room', 'b'), 'unavailable')
  assert.equal(problem.retryAfter, 1)
  queue.fail(new Problem('store_failed'))
  await Promise.allSettled(asked)
})
