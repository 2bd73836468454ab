import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Acknowledgements } from './acknowledgements.ts'

function waiting(members: string[], present: (member: string) => boolean = () => true) {
  const clock = new ManualClock()
  const acknowledgements = new Acknowledgements(clock, 5000, (_room, member) => present(member))
  const { report, cancel } = acknowledgements.wait('lobby', 'evt_1', members)
  return { clock, acknowledgements, report, cancel }
}

test('a wait ends as soon as the last one has acknowledged', async () => {
  const { acknowledgements, report, clock } = waiting(['a', 'b'])
  acknowledgements.acknowledge('lobby', 'evt_1', 'b')
  acknowledgements.acknowledge('lobby', 'evt_1', 'a')
  assert.deepEqual(await report, { acked: ['b', 'a'], pending: [], left: [] })
  assert.equal(clock.pending, 0)
  assert.equal(acknowledgements.size, 0)
})

test('at the deadline the silent ones are pending, and those who went away have left', async () => {
  const { acknowledgements, report, clock } = waiting(['a', 'b', 'c'], (member) => member !== 'c')
  acknowledgements.acknowledge('lobby', 'evt_1', 'a')
  clock.advance(5000)
  assert.deepEqual(await report, { acked: ['a'], pending: ['b'], left: ['c'] })
})

test('doubled, foreign and unknown acknowledgements change nothing', async () => {
  const { acknowledgements, report, clock } = waiting(['a', 'b'])
  acknowledgements.acknowledge('lobby', 'evt_1', 'a')
  acknowledgements.acknowledge('lobby', 'evt_1', 'a')
  acknowledgements.acknowledge('lobby', 'evt_1', 'stranger')
  acknowledgements.acknowledge('lobby', 'evt_2', 'b')
  acknowledgements.acknowledge('other', 'evt_1', 'b')
  clock.advance(5000)
  assert.deepEqual(await report, { acked: ['a'], pending: ['b'], left: [] })
})

test('one who left and came back before the deadline can still acknowledge', async () => {
  const here = new Set<string>()
  const { acknowledgements, report, clock } = waiting(['a'], (member) => here.has(member))
  clock.advance(4999)
  acknowledgements.acknowledge('lobby', 'evt_1', 'a')
  assert.deepEqual((await report).acked, ['a'])
})

test('nobody to wait for is answered at once', async () => {
  const { report, clock } = waiting([])
  assert.deepEqual(await report, { acked: [], pending: [], left: [] })
  assert.equal(clock.pending, 0)
})

test('a cancelled wait leaves nothing behind', () => {
  const { acknowledgements, cancel, clock } = waiting(['a'])
  cancel()
  assert.equal(acknowledgements.size, 0)
  assert.equal(clock.pending, 0)
})
