import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Pending, toBytes } from './pending.ts'

const encoded = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 140 }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.record({ head: fc.string({ unit: 'grapheme', maxLength: 70 }), tail: fc.string({ maxLength: 70 }) }),
)
const stamp = fc.string({ unit: fc.constantFrom('a', '"', ',', '9'), maxLength: 60 })
const wire = fc.constantFrom('websocket' as const, 'raw' as const)

test('what is rendered for many at once is, for each of them, what it would have been sent alone', () => {
  fc.assert(
    fc.property(
      wire,
      fc.array(encoded, { minLength: 1, maxLength: 8 }),
      fc.array(stamp, { minLength: 1 }),
      fc.nat(),
      (on, all, stamps, cut) => {
        const from = cut % all.length
        const pending = new Pending(on)
        for (const one of all) pending.push(one)
        for (const own of stamps) {
          const alone = Buffer.concat(all.slice(from).map((one) => toBytes(one, on, own)))
          assert.deepEqual(Buffer.from(pending.renderNow(from, own)), alone)
          assert.deepEqual(Buffer.from(pending.lendLast(from, own)), alone)
        }
      },
    ),
  )
})

test('without stamps all recipients are given the very same buffer', () => {
  const pending = new Pending('websocket')
  pending.push('one')
  pending.push('two')
  assert.equal(pending.lendLast(0, 'a'), pending.lendLast(0, 'bcd'))
})

test('a lent buffer that was kept is not written over', () => {
  const pending = new Pending('raw')
  pending.push({ head: '<', tail: '>' })
  const kept = pending.lendLast(0, 'a')
  pending.keepLent()
  assert.equal(pending.lendLast(0, 'b').toString(), '<b>')
  assert.equal(kept.toString(), '<a>')
})

test('a stamp can move the length of its frame into the longer form', () => {
  const pending = new Pending('websocket')
  pending.push({ head: 'h'.repeat(60), tail: 't'.repeat(60) })
  assert.deepEqual([...pending.lendLast(0, '12345').subarray(0, 2)], [0x81, 125])
  assert.deepEqual([...pending.lendLast(0, '123456').subarray(0, 4)], [0x81, 126, 0, 126])
})
