import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bucket } from './bucket.ts'

const rate = { perSecond: 50, burst: 100 }

test('gives the burst at once, then one token for each interval', () => {
  const bucket = new Bucket()
  for (let count = 0; count < 100; count++) assert.equal(bucket.take(rate, 5000), 0)
  assert.equal(bucket.take(rate, 5000), 20)
  assert.equal(bucket.take(rate, 5019), 1)
  assert.equal(bucket.take(rate, 5020), 0)
  assert.ok(bucket.take(rate, 5020) > 0)
})

test('is full again after a rest, and never fuller', () => {
  const bucket = new Bucket()
  for (let count = 0; count < 100; count++) bucket.take(rate, 0)
  assert.equal(bucket.isFull(1999), false)
  assert.equal(bucket.isFull(2000), true)
  let taken = 0
  while (bucket.take(rate, 60_000) === 0) taken += 1
  assert.equal(taken, 100)
})

test('what is refused costs nothing', () => {
  const bucket = new Bucket()
  for (let count = 0; count < 1000; count++) bucket.take(rate, 0)
  assert.equal(bucket.take(rate, 20), 0)
})
