import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseExactly } from './exact-json.ts'

test('integers beyond 2^53 come out as bigints, and are told from strings', () => {
  const text =
    '{"id":18446744073709551615,"text":"18446744073709551615","below":-9007199254740992,"near":9007199254740991,"real":0.1234567890123456,"in":[9007199254740993]}'
  assert.deepEqual(parseExactly(text), {
    id: 18446744073709551615n,
    text: '18446744073709551615',
    below: -9007199254740992n,
    near: 9007199254740991,
    real: 0.1234567890123456,
    in: [9007199254740993n],
  })
})

test('whatever else is JSON is read as ever', () => {
  const plain = fc.jsonValue().filter((value) => !/[0-9]{16}/.test(JSON.stringify(value)))
  fc.assert(
    fc.property(plain, (value) => {
      const text = JSON.stringify({ value, long: '12345678901234567890' })
      assert.deepEqual(parseExactly(text), JSON.parse(text))
    }),
  )
})
