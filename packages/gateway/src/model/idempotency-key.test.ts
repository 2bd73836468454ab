import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { Problem } from './problem.ts'

test('a key is taken as it is, and need not be there', () => {
  for (const key of ['order 7', 'x'.repeat(200), undefined]) assert.equal(idempotencyKeyOf(key), key)
})

test('a key that is empty or longer than 200 characters is refused', () => {
  const isRefused = (error: unknown) =>
    error instanceof Problem && error.code === 'invalid_request' && /1 to 200/.test(error.message)
  for (const key of ['', 'x'.repeat(201)]) assert.throws(() => idempotencyKeyOf(key), isRefused)
})
