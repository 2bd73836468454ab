import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Line } from './line.ts'

function crowd(line: Line, size: number): number[] {
  const came: number[] = []
  for (let index = 0; index < size; index++) void line.turn().then(() => came.push(index))
  return came
}

test('so many go in one turn, the others one turn after another, in the order they came', async () => {
  const came = crowd(new Line(3), 8)
  const counts: number[] = []
  await Promise.resolve()
  counts.push(came.length)
  while (came.length < 8) {
    await turn()
    counts.push(came.length)
  }
  assert.equal(counts[0], 3)
  assert.ok(
    counts.every((count, index) => count - (counts[index - 1] ?? 0) <= 3),
    counts.join(' '),
  )
  assert.deepEqual(came, [0, 1, 2, 3, 4, 5, 6, 7])
})

test('a turn later there is room for as many again', async () => {
  const line = new Line(3)
  for (let round = 0; round < 3; round++) {
    const came = crowd(line, 3)
    await Promise.resolve()
    assert.deepEqual(came, [0, 1, 2])
    await turn()
    await turn()
  }
})

test('who comes while others wait goes after them', async () => {
  const line = new Line(2)
  const came: string[] = []
  for (const name of ['a', 'b', 'c', 'd', 'e']) void line.turn().then(() => came.push(name))
  await turn()
  void line.turn().then(() => came.push('f'))
  while (came.length < 6) await turn()
  assert.deepEqual(came, ['a', 'b', 'c', 'd', 'e', 'f'])
})
