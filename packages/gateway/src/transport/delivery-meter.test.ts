import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DeliveryMeter, timeBetweenLooks } from './delivery-meter.ts'

/** At which look, counted from 1, a connection is given up; 0: never. */
function givenUpAt(looks: readonly [acknowledged: number, retried: boolean][]): number {
  const meter = new DeliveryMeter()
  return looks.findIndex(([acknowledged, retried]) => meter.judge({ acknowledged, retried })) + 1
}

test('a connection is given up when four looks in a row find that it was tried again in vain', () => {
  const vain: [number, boolean] = [500, true]
  assert.equal(givenUpAt([[500, false], vain, vain, vain, vain]), 5)
  assert.equal(timeBetweenLooks(10_000) * 4, 8000, 'which leaves two seconds for the system to try again')
})

test('one that acknowledges something now and then, however much is lost, is not', () => {
  const looks = Array.from({ length: 40 }, (_, i): [number, boolean] => [1 + Math.floor(i / 4), true])
  assert.equal(givenUpAt(looks), 0)
})

test('nor one that has nothing to acknowledge, or acknowledges and does not read', () => {
  assert.equal(givenUpAt(Array(40).fill([500, false])), 0)
})

test('what is written while the system is asked passes neither for acknowledged nor for lost', () => {
  const looks: [number, boolean][] = [500, 480, 470, 490, 475].map((acknowledged) => [acknowledged, true])
  assert.equal(givenUpAt(looks), 5)
})
