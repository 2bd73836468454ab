import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Heartbeat } from './heartbeat.ts'

const times = { interval: 45_000, grace: 15_000 }
const first = { id: () => '', integer: () => 0 }
const last = { id: () => '', integer: (below: number) => below - 1 }

test('the server beats every interval', () => {
  const heartbeat = new Heartbeat(times, first, 0)
  assert.equal(heartbeat.due(44_999).beat, false)
  assert.equal(heartbeat.due(45_000).beat, true)
  heartbeat.alive(45_000)
  assert.equal(heartbeat.due(89_999).beat, false)
  assert.equal(heartbeat.due(90_000).beat, true)
})

test('a client that is quiet for more than half the interval is asked once, until it is heard again', () => {
  const heartbeat = new Heartbeat(times, last, 0)
  assert.deepEqual(heartbeat.due(22_500), { dead: false, beat: false, ask: false, next: 1 })
  assert.equal(heartbeat.due(22_501).ask, true)
  assert.equal(heartbeat.due(44_000).ask, false)
  heartbeat.heard(44_000)
  assert.equal(heartbeat.due(66_500).ask, false)
  assert.equal(heartbeat.due(66_501).ask, true)
})

test('a client whose heartbeat does not come within the interval and the grace is gone, whatever else it says', () => {
  const heartbeat = new Heartbeat(times, first, 0)
  heartbeat.alive(30_000)
  heartbeat.heard(89_000)
  assert.equal(heartbeat.due(89_999).dead, false)
  assert.equal(heartbeat.due(90_000).dead, true)
})

test('whenever the client beats, it is asked only after silence, and is gone only after too long a one', () => {
  const gap = fc.integer({ min: 1, max: 70_000 })
  fc.assert(
    fc.property(fc.array(gap, { minLength: 1, maxLength: 20 }), fc.nat(), (gaps, seed) => {
      const random = { id: () => '', integer: (below: number) => seed % below }
      const heartbeat = new Heartbeat(times, random, 0)
      let now = 0
      let heardAt = 0
      let wakeAt = heartbeat.due(0).next
      for (const gap of gaps) {
        const beatsAt = heardAt + gap
        while (wakeAt < beatsAt) {
          now = wakeAt
          const { dead, ask, next } = heartbeat.due(now)
          assert.equal(dead, now - heardAt >= 60_000)
          if (dead) return
          if (ask) assert.ok(now - heardAt > 22_500)
          assert.ok(next > 0)
          wakeAt = now + next
        }
        assert.ok(gap <= 60_000)
        heardAt = beatsAt
        heartbeat.alive(heardAt)
      }
    }),
  )
})
