import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idempotencyKeyOf } from './idempotency-key.ts'

test('a key is taken as it is, and need not be there', () => {
  for (const key of ['order 7', undefined]) assert.equal(idempotencyKeyOf(key, 7), key)
})

test('a key that is empty or too long is refused', () => {
  for (const key of ['', 'order 77'])
    assert.throws(() => idempotencyKeyOf(key, 7), { code: 'invalid_request', message: /1 to 7/ })
})
