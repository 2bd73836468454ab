import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Backlogs } from './backlogs.ts'
import { defaultLimits } from './limits.ts'
import type { Outbox } from './outbox.ts'

const limits = {
  ...defaultLimits,
  softBacklog: 100,
  softBacklogFor: 10_000,
  hardBacklog: 1000,
  totalBacklog: 2000,
}

/** As much of an outbox as is watched. */
class FakeOutbox {
  counted = 0
  aboveSince = -1
  backlog = 0
  found = 0
  readonly owner = {
    tooSlow: () => {
      this.found += 1
    },
  }
}

class Scene {
  readonly clock = new ManualClock()
  readonly backlogs = new Backlogs(this.clock, limits)

  hold(outbox: FakeOutbox, bytes: number): void {
    outbox.backlog = bytes
    this.backlogs.note(outbox as unknown as Outbox)
    this.backlogs.settle()
  }
}

test('more than the hard bound is found at once, and only then', () => {
  const scene = new Scene()
  const outbox = new FakeOutbox()
  scene.hold(outbox, 1000)
  assert.equal(outbox.found, 0)
  scene.hold(outbox, 1001)
  assert.equal(outbox.found, 1)
})

test('the time above the soft bound begins anew when it was not exceeded meanwhile', () => {
  const scene = new Scene()
  const outbox = new FakeOutbox()
  scene.hold(outbox, 101)
  scene.clock.advance(9000)
  scene.hold(outbox, 100)
  scene.hold(outbox, 101)
  scene.clock.advance(9000)
  assert.equal(outbox.found, 0)
  scene.clock.advance(1000)
  assert.ok(outbox.found > 0)
})

test('of all together the largest go, down to nine tenths of the bound', () => {
  const scene = new Scene()
  const outboxes = [700, 90, 650, 600].map((bytes) => {
    const outbox = new FakeOutbox()
    scene.hold(outbox, bytes)
    return outbox
  })
  assert.equal(scene.backlogs.total, 2040)
  assert.deepEqual(
    outboxes.map(({ found }) => found),
    [1, 0, 0, 0],
  )
})

test('what has been read meanwhile does not count, though nobody said so', () => {
  const scene = new Scene()
  const [first, second, third] = [new FakeOutbox(), new FakeOutbox(), new FakeOutbox()]
  scene.hold(first, 900)
  scene.hold(second, 900)
  first.backlog = 0
  scene.hold(third, 900)
  assert.deepEqual([first.found, second.found, third.found], [0, 0, 0])
  assert.equal(scene.backlogs.total, 1800)
})

test('looks again only while something is held', () => {
  const scene = new Scene()
  const outbox = new FakeOutbox()
  assert.equal(scene.clock.pending, 0)
  scene.hold(outbox, 50)
  assert.equal(scene.clock.pending, 1)
  outbox.backlog = 0
  scene.clock.advance(1000)
  assert.equal(scene.clock.pending, 0)
  assert.equal(scene.backlogs.total, 0)
})

test('a connection that has gone holds nothing', () => {
  const scene = new Scene()
  const outbox = new FakeOutbox()
  scene.hold(outbox, 500)
  scene.backlogs.forget(outbox as unknown as Outbox)
  assert.equal(scene.backlogs.total, 0)
})
