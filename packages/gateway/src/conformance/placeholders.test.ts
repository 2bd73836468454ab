import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fill } from './placeholders.ts'

const known: Record<string, unknown> = { n: 5, name: 'ann', list: [1] }
const lookup = (name: string) => known[name]

it('a string that is nothing but a placeholder becomes the value itself', () => {
  assert.deepEqual(fill({ a: '{{n}}', b: ['{{list}}'] }, lookup), { a: 5, b: [[1]] })
})

it('within a longer string the value becomes text', () => {
  assert.equal(fill('/{{name}}/{{n}}?{}', lookup), '/ann/5?{}')
})

it('everything else stays as it is, and what was filled is not changed', () => {
  const data = { a: null, b: 1, c: true, d: 'plain', '{{name}}': 'a key' }
  assert.deepEqual(fill(data, lookup), data)
  assert.notEqual(fill(data, lookup), data)
})
