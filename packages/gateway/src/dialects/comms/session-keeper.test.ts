import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Random } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/core.ts'
import { type Holder, SessionKeeper } from './session-keeper.ts'

const unused = {} as Random

function keeperWith(release: (id: string, owner: string) => void = () => {}): SessionKeeper {
  return new SessionKeeper({ release } as Sessions, unused)
}

function holderOf(userId: string): Holder & { yielded: number } {
  return {
    user: { userId },
    yielded: 0,
    yield() {
      this.yielded += 1
      return null
    },
  }
}

test('who resumes takes over from whoever of the same user had the session', () => {
  const keeper = keeperWith()
  const [first, second] = [holderOf('ann'), holderOf('ann')]
  keeper.hold(7, first)
  keeper.hold(7, second)
  assert.deepEqual([first.yielded, second.yielded], [1, 0])
})

test('another user who asks first for a session neither has it nor keeps its owner from taking it over', () => {
  const keeper = keeperWith()
  const [eve, first, second] = [holderOf('eve'), holderOf('ann'), holderOf('ann')]
  keeper.hold(7, eve)
  keeper.hold(7, first)
  keeper.hold(7, second)
  assert.deepEqual([eve.yielded, first.yielded, second.yielded], [0, 1, 0])
})

test('who was taken over from and lets go afterwards does not end the newer hold', () => {
  const released: string[] = []
  const keeper = keeperWith((id, owner) => released.push(`${id} of ${owner}`))
  const [first, second, third] = [holderOf('ann'), holderOf('ann'), holderOf('ann')]
  keeper.hold(7, first)
  keeper.hold(7, second)
  keeper.release(7, first, 'c1')
  keeper.hold(7, third)
  assert.equal(second.yielded, 1)
  assert.deepEqual(released, ['comms.7 of c1'])
})
