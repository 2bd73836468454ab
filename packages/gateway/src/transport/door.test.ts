import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Door } from './door.ts'
import { defaultLimits } from './limits.ts'

const limits = { ...defaultLimits, connectionsPerAddress: 3, newPerAddress: 2, newConnections: 5 }

test('an address may have so many connections open, and a place becomes free when one leaves', () => {
  const clock = new ManualClock()
  const door = new Door({ ...limits, newPerAddress: 100, newConnections: 100 }, clock, 'production')
  for (let count = 0; count < 3; count++) door.enter('192.0.2.1')
  assert.throws(() => door.enter('192.0.2.1'), { code: 'rate_limited', retryAfter: 5 })
  door.enter('192.0.2.2')
  door.leave('192.0.2.1')
  door.enter('192.0.2.1')
  assert.throws(() => door.enter('192.0.2.1'), { code: 'rate_limited' })
})

test('an address may come so often a second', () => {
  const clock = new ManualClock()
  const door = new Door(limits, clock, 'production')
  const visit = (): void => {
    door.enter('192.0.2.1')
    door.leave('192.0.2.1')
  }
  visit()
  visit()
  assert.throws(visit, { code: 'rate_limited', retryAfter: 1 })
  clock.advance(500)
  visit()
  assert.throws(visit, { code: 'rate_limited' })
})

test('all together may come so often a second', () => {
  const clock = new ManualClock()
  const door = new Door(limits, clock, 'production')
  for (let last = 0; last < 5; last++) door.enter(`192.0.2.${last}`)
  assert.throws(() => door.enter('192.0.2.99'), { code: 'unavailable', status: 503, retryAfter: 1 })
  clock.advance(200)
  door.enter('192.0.2.99')
})

test('development mode does not count this machine, and counts others', () => {
  const door = new Door(limits, new ManualClock(), 'development')
  for (let count = 0; count < 20; count++) {
    door.enter('127.0.0.1')
    door.enter('::1')
  }
  door.enter('192.0.2.1')
  door.enter('192.0.2.1')
  assert.throws(() => door.enter('192.0.2.1'), { code: 'rate_limited' })
})

test('an address in use is never forgotten, however many others pass by', () => {
  const clock = new ManualClock()
  const door = new Door({ ...limits, newConnections: 1e6 }, clock, 'production')
  door.enter('192.0.2.1')
  door.enter('192.0.2.1')
  clock.advance(1000)
  door.enter('192.0.2.1')
  for (let count = 0; count < 5000; count++) {
    const address = `198.51.${count >> 8}.${count & 255}`
    door.enter(address)
    door.leave(address)
    clock.advance(1000)
  }
  assert.throws(() => door.enter('192.0.2.1'), { message: 'This address has 3 connections already.' })
})
