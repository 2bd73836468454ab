import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Log } from '../ports/log.ts'
import { Online } from './online.ts'

const silent: Log = { info() {}, warn() {}, error() {} }

/** Tellings that end when the test says so. */
function scene() {
  const told: string[] = []
  const ends: (() => void)[] = []
  const online = new Online((userId, isOnline) => {
    told.push(`${userId} ${isOnline ? 'on' : 'off'}`)
    return new Promise((resolve) => ends.push(resolve))
  }, silent)
  const finish = async (): Promise<void> => {
    ends.shift()?.()
    await new Promise(setImmediate)
  }
  return { online, told, ends, finish }
}

test('a user is online from the first connection to the last', async () => {
  const { online, told, finish } = scene()
  online.show('a')
  online.show('a')
  await finish()
  online.hide('a')
  assert.ok(online.has('a'))
  online.hide('a')
  await finish()
  assert.ok(!online.has('a'))
  assert.deepEqual(told, ['a on', 'a off'])
  assert.equal(online.size, 0)
})

test('"off" waits until "on" has been told, and what is taken back meanwhile is not told', async () => {
  const { online, told, finish } = scene()
  online.show('a')
  online.hide('a')
  online.show('a')
  assert.deepEqual(told, ['a on'])
  await finish()
  assert.deepEqual(told, ['a on'])
  online.hide('a')
  assert.deepEqual(told, ['a on', 'a off'])
})

test('on and off alternate for each user and end with what is so', async () => {
  const step = fc.constantFrom('show', 'hide', 'finish')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { online, told, ends, finish } = scene()
      let shown = 0
      for (const one of steps) {
        if (one === 'finish') await finish()
        else if (one === 'show') {
          online.show('a')
          shown += 1
        } else if (shown > 0) {
          online.hide('a')
          shown -= 1
        }
      }
      while (ends.length > 0) await finish()
      assert.deepEqual(
        told,
        told.map((_, index) => (index % 2 === 0 ? 'a on' : 'a off')),
      )
      assert.equal(told.length % 2 === 1, shown > 0)
    }),
  )
})
