import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bearerOf } from './bearer.ts'
import { Problem } from './problem.ts'

test('a bearer is what stands after the word, however that is written', () => {
  for (const header of ['Bearer a.b-c', 'bearer  a.b-c', 'BEARER a.b-c '])
    assert.equal(bearerOf(header), 'a.b-c')
})

test('no header, or one of another scheme, has none', () => {
  for (const header of [undefined, '', 'Basic eDp5', 'Bearera.b-c', 'x Bearer a'])
    assert.equal(bearerOf(header), null)
})

test('the word without one bearer after it is refused', () => {
  const isRefused = (error: unknown) => error instanceof Problem && error.code === 'unauthorized'
  for (const header of ['Bearer', 'Bearer ', 'bearer a b'])
    assert.throws(() => bearerOf(header), isRefused, header)
})
