import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseWish } from './visit.ts'

const wish = (query: string) => parseWish(new URLSearchParams(query))
const both = 'roomId=lobby&participantId=secret'

test('a room and a participant are all it takes', () => {
  assert.deepEqual(wish(both), { room: 'lobby', credential: 'secret', resumable: false })
  assert.deepEqual(wish(`${both}&resume=0&other=1`), {
    room: 'lobby',
    credential: 'secret',
    resumable: false,
  })
})

test('a resumable connection begins with resume=1, or with a position', () => {
  assert.equal(wish(`${both}&resume=1`).resumable, true)
  assert.deepEqual(wish(`${both}&since=0&epoch=r.i`), {
    room: 'lobby',
    credential: 'secret',
    resumable: true,
    since: { epoch: 'r.i', seq: 0 },
  })
  assert.equal(wish(`${both}&since=9007199254740991&epoch=e`).since?.seq, Number.MAX_SAFE_INTEGER)
})

const refused: [string, string, RegExp][] = [
  ['participantId=x', 'invalid_request', /"roomId" is missing/],
  ['roomId=&participantId=x', 'invalid_request', /"roomId" is missing/],
  ['roomId=lobby', 'invalid_request', /"participantId" is missing/],
  [`${both}&resume=yes`, 'invalid_request', /"resume" must be 0 or 1/],
  [`${both}&epoch=e`, 'invalid_position', /"since", which is missing/],
  [`${both}&since=1`, 'invalid_position', /"epoch"/],
  ...['-1', '1.5', 'x', '', '01', '+1', '1e3', ' 1', 'null', '9007199254740992', '99999999999999999999'].map(
    (since): [string, string, RegExp] => [
      `${both}&epoch=e&since=${encodeURIComponent(since)}`,
      'invalid_position',
      /"since" must be a whole number/,
    ],
  ),
]

for (const [query, code, message] of refused) {
  test(`?${query} is refused, naming the parameter`, () => {
    assert.throws(() => wish(query), { code, message })
  })
}
