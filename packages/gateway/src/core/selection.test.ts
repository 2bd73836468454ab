import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Random } from '../ports/clock.ts'
import { choose } from './selection.ts'

const random = (numbers: number[]): Random => {
  let i = 0
  return { id: () => 'x', integer: (below) => (numbers[i++ % numbers.length] ?? 0) % below }
}

test('a number of clients are that many different listeners', () => {
  const arbitrary = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 20 }).chain((listeners) =>
    fc.record({
      listeners: fc.constant(listeners),
      count: fc.integer({ min: 1, max: listeners.length }),
      numbers: fc.array(fc.nat(), { minLength: 1 }),
    }),
  )
  fc.assert(
    fc.property(arbitrary, ({ listeners, count, numbers }) => {
      const { targets } = choose({ random: count }, listeners, random(numbers))
      assert.equal(new Set(targets).size, count)
      for (const target of targets ?? []) assert.ok(listeners.includes(target))
    }),
  )
})

test('every listener can be chosen', () => {
  const listeners = ['a', 'b', 'c', 'd']
  const chosen = [0, 1, 2, 3].map((n) => choose({ random: 1 }, listeners, random([n])).targets?.[0])
  assert.deepEqual(new Set(chosen), new Set(listeners))
})

test('more clients than listen are refused with both numbers', () => {
  assert.throws(() => choose({ random: 3 }, ['a', 'b'], random([0])), {
    code: 'invalid_request',
    message: '3 clients were asked for, but 2 listen.',
  })
})

test('named clients are told apart into connected ones and unknown ones, each once', () => {
  const chosen = choose({ ids: ['b', 'x', 'b', 'a'] }, ['a', 'b', 'c'], random([0]))
  assert.deepEqual(chosen, { targets: ['b', 'a'], unknown: ['x'] })
})

test('none of the named ones being connected is an error, never everyone', () => {
  assert.throws(() => choose({ ids: ['x'] }, ['a'], random([0])), { code: 'no_listener' })
  assert.throws(() => choose({ ids: [] }, ['a'], random([0])), { code: 'no_listener' })
})
