import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Problem, type ProblemCode, problems } from '../../model/problem.ts'
import { binaryFrame, closingFor, endings, malformed, notYours, silence } from './closings.ts'

const closings = [
  ...Object.values(endings),
  binaryFrame,
  silence,
  malformed(''),
  notYours(''),
  ...Object.keys(problems).map((code) => closingFor(new Problem(code as ProblemCode))),
]

test('the page of the protocol lists the close codes there are, and no others', () => {
  const page = readFileSync(new URL('../../../../../docs/protocols/rooms.md', import.meta.url), 'utf8')
  const listed = [...page.matchAll(/^\| ([14][0-9]{3}) \|/gm)].map(([, code]) => Number(code))
  assert.deepEqual(
    listed,
    [...new Set(closings.map(({ code }) => code))].sort((a, b) => a - b),
  )
})

test('every reason fits into a close frame', () => {
  for (const { reason } of closings) assert.ok(Buffer.byteLength(reason) <= 123, reason)
})

test('a refusal that says when to come back says so in its reason', () => {
  assert.deepEqual(closingFor(new Problem('rate_limited', 'Too often.', 7)), {
    code: 4429,
    reason: 'Too often. Connect again in 7 s.',
  })
})
