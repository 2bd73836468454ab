import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode } from './decode.ts'

test('a client says 1 and 2, whatever their d', () => {
  for (const rest of ['', ',"d":{}', ',"d":null', ',"d":{"__proto__":{"e":7}}', ',"s":5']) {
    assert.equal(decode(`{"e":1${rest}}`, 32), 'heartbeat')
    assert.equal(decode(`{"e":2${rest}}`, 32), 'heartbeat_ack')
  }
  assert.equal(decode(' { "d" : {} , "e" : 1.0 } ', 32), 'heartbeat')
})

const malformed: [string, string][] = [
  ['', 'The packet is not JSON.'],
  ['{"e":1', 'The packet is not JSON.'],
  ['{e:1}', 'The packet is not JSON.'],
  ['1', 'A packet is an object { e, d }.'],
  ['null', 'A packet is an object { e, d }.'],
  ['"1"', 'A packet is an object { e, d }.'],
  ['[{"e":1,"d":{}}]', 'A packet is an object { e, d }.'],
  ['{}', '"e" must be an integer.'],
  ['{"e":"1","d":{}}', '"e" must be an integer.'],
  ['{"e":1.5,"d":{}}', '"e" must be an integer.'],
  ['{"e":null,"d":{}}', '"e" must be an integer.'],
  ['{"e":1e999,"d":{}}', '"e" must be an integer.'],
  ['{"__proto__":{"e":1},"d":{}}', '"e" must be an integer.'],
  [`{"e":1,"d":${'['.repeat(32)}${']'.repeat(32)}}`, 'The packet is nested deeper than 32 levels.'],
  [`{"e":1,"d":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'The packet is nested deeper than 32 levels.'],
  ['{"e":8,"d":{}}', 'There is no event 8; a client sends 1 and 2.'],
  ['{"e":-1,"d":{}}', 'There is no event -1; a client sends 1 and 2.'],
]

test('what is no packet closes with 4002 and says what is wrong', () => {
  for (const [text, reason] of malformed) assert.deepEqual(decode(text, 32), { code: 4002, reason }, text)
})

test('what only the server says closes with 4003 and names the REST call that does it', () => {
  const reasons: [number, RegExp][] = [
    [0, /Only the server/],
    [3, /POST \/api\/rooms\/:roomId\/messages/],
    [4, /PATCH \/api\/rooms\/:roomId\./],
    [5, /DELETE \/api\/rooms\/:roomId\/participants\/:userId/],
    [6, /PATCH \/api\/rooms\/:roomId\/participants\/:userId/],
    [7, /DELETE \/api\/rooms\/:roomId\./],
  ]
  for (const [e, reason] of reasons) {
    const closing = decode(`{"e":${e},"d":{"authorId":"x","content":"y","sentAt":1}}`, 32)
    assert.ok(typeof closing === 'object' && closing.code === 4003)
    assert.match(closing.reason, reason)
  }
})

test('whatever comes, it is understood or refused with a reason that fits into a close frame', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record({ e: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()), d: fc.jsonValue() })
      .map((packet) => JSON.stringify(packet)),
    fc.nat(5000).map((depth) => `{"e":1,"d":${'['.repeat(depth)}`),
    fc.nat(5000).map((depth) => `{"e":1,"d":${'['.repeat(depth)}${']'.repeat(depth)}}`),
  )
  fc.assert(
    fc.property(anything, (text) => {
      const said = decode(text, 32)
      if (typeof said === 'string') return
      assert.ok(said.code === 4002 || said.code === 4003)
      assert.ok(said.reason !== '' && Buffer.byteLength(said.reason) <= 123)
    }),
    { numRuns: 10_000 },
  )
})
