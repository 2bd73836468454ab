import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compactJson } from './json.ts'
import { isTooDeep } from './json-depth.ts'

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth)

test('32 levels are taken and 33 are not', () => {
  assert.equal(isTooDeep(nested(32)), false)
  assert.equal(isTooDeep(nested(33)), true)
  assert.equal(isTooDeep(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`), true)
  assert.equal(isTooDeep(nested(3), 2), true)
})

test('what stands beside, and brackets in strings, do not count', () => {
  assert.equal(isTooDeep(`[${Array(100).fill('[1]').join(',')}]`, 2), false)
  assert.equal(isTooDeep(JSON.stringify({ a: '[[[[', 'b"{{{': '\\"[[[' }), 1), false)
  assert.equal(isTooDeep('["\\\\",[[1]]]', 2), true)
})

test('of JSON it says what compactJson refuses, of anything else it says something', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.integer({ min: 1, max: 6 }), (text, depth) => {
      let refused = false
      try {
        compactJson(text, depth)
      } catch {
        refused = true
      }
      assert.equal(isTooDeep(text, depth), refused)
    }),
  )
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('[', ']', '"', '\\', 'x') }),
      (text) => void isTooDeep(text),
    ),
  )
})
