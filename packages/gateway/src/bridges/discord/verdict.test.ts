import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from './post.ts'
import { judge } from './verdict.ts'

const pauses = { firstRetry: 1000, longestRetry: 300_000 }
const least = { id: () => '', integer: () => 0 }
const most = { id: () => '', integer: (below: number) => below - 1 }

function answer(status: number, headers: Record<string, string> = {}, body = ''): Answer {
  return { status, header: (name) => headers[name], body }
}

function verdict(given: Answer, attempt = 1) {
  return judge(given, attempt, pauses, least)
}

test('any 2xx has arrived', () => {
  for (const status of [200, 204, 299])
    assert.deepEqual(verdict(answer(status)), { kind: 'arrived', pause: 0 })
})

test('after the last post a limit allows, the next one waits', () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.234' }
  assert.deepEqual(verdict(answer(204, headers)), { kind: 'arrived', pause: 1234 })
  assert.deepEqual(verdict(answer(204, { ...headers, 'x-ratelimit-remaining': '1' })), {
    kind: 'arrived',
    pause: 0,
  })
})

const limited: [string, Record<string, string>, string, number][] = [
  ['whole seconds in the header', { 'retry-after': '3' }, '', 3000],
  ['a fraction in the header', { 'retry-after': '0.25' }, '', 250],
  ['the body', {}, '{"message":"slow down","retry_after":1.5,"global":false}', 1500],
  ['the longest of header and body', { 'retry-after': '1' }, '{"retry_after":1.337}', 1337],
  ['the end of the limit', { 'x-ratelimit-reset-after': '2.5' }, '', 2500],
  ['nothing', {}, '', 1000],
  ['a date, which Discord never sends', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, '', 1000],
  ['nonsense', { 'retry-after': '-1' }, '{"retry_after":"soon"}', 1000],
  ['a body that is not an object', {}, 'null', 1000],
  ['a body that is cut', {}, '{"retry_after":', 1000],
  ['infinity', { 'retry-after': 'Infinity' }, '{"retry_after":1e999}', 1000],
  ['more than a day', { 'retry-after': '1000000000' }, '', 86_400_000],
  ['zero', { 'retry-after': '0' }, '', 100],
]
for (const [what, headers, body, pause] of limited) {
  test(`429 with ${what} waits ${pause} ms and is no attempt`, () => {
    assert.deepEqual(verdict(answer(429, headers, body)), { kind: 'again', pause, failure: null })
  })
}

test('a failing server, a time-out and a network that fails are tried again', () => {
  const failures: [Answer, string][] = [
    [answer(500), 'status 500'],
    [answer(503), 'status 503'],
    [answer(408), 'status 408'],
    [{ failed: 'timeout' }, 'timeout'],
    [{ failed: 'ECONNREFUSED' }, 'ECONNREFUSED'],
  ]
  for (const [given, failure] of failures) {
    assert.deepEqual(verdict(given), { kind: 'again', pause: 500, failure })
  }
})

test('the pause doubles with each attempt up to the longest, half of it chance', () => {
  const range = (attempt: number) =>
    [least, most].map((random) => {
      const given = judge(answer(500), attempt, pauses, random)
      return given.kind === 'again' ? given.pause : null
    })
  assert.deepEqual(range(1), [500, 1000])
  assert.deepEqual(range(2), [1000, 2000])
  assert.deepEqual(range(5), [8000, 16_000])
  assert.deepEqual(range(10), [150_000, 300_000])
  assert.deepEqual(range(5000), [150_000, 300_000])
})

const refusals: [number, boolean][] = [
  [301, false],
  [302, false],
  [307, false],
  [400, false],
  [401, true],
  [403, true],
  [404, true],
  [405, false],
  [413, false],
]
for (const [status, dead] of refusals) {
  test(`${status} is final${dead ? ', for the whole webhook' : ''}`, () => {
    const given = verdict(answer(status))
    assert.ok(given.kind === 'refused' && given.dead === dead && given.reason.includes(String(status)))
  })
}
