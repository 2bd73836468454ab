import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode } from './decode.ts'

const read = (text: string) => decode(Buffer.from(text), 32)

test('the frames of a client are read', () => {
  assert.deepEqual(read('{"f":110,"cnf":{"token":"token_here"}}'), { f: 110, cnf: { token: 'token_here' } })
  assert.deepEqual(read('{"f":120}'), { f: 120, cnf: {} })
  assert.deepEqual(read('{"f":130,"cnf":{},"s":21,"e":"EVENT_HERE"}'), {
    f: 130,
    cnf: {},
    s: 21,
    t: 'EVENT_HERE',
  })
})

test('the event of an execute is in t or in e, and t wins', () => {
  assert.equal(read('{"f":130,"t":"A","e":"B"}')?.t, 'A')
  assert.equal(read('{"f":130,"e":"B"}')?.t, 'B')
})

test('integers beyond 2^53 keep every digit', () => {
  const command = read(
    '{"f":130,"cnf":{"user":18446744073709551615,"near":9007199254740991,"real":0.1234567890123456}}',
  )
  assert.deepEqual(command?.cnf, {
    user: 18446744073709551615n,
    near: 9007199254740991,
    real: 0.1234567890123456,
  })
})

test('what is no object with an integer f is no frame', () => {
  for (const text of [
    '',
    'x',
    '[]',
    '"f"',
    '1',
    'null',
    '{}',
    '{"f":"110"}',
    '{"f":1.5}',
    '{"f":null}',
    '{"f":110,}',
  ]) {
    assert.equal(read(text), null, text)
  }
})

test('no bytes make it throw, and every frame that is JSON comes through as it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decode(Buffer.from(bytes), 32)),
    { numRuns: 5000 },
  )
  const frame = fc.record({
    f: fc.maxSafeInteger(),
    cnf: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean())),
    s: fc.maxSafeInteger(),
  })
  fc.assert(
    fc.property(frame, (frame) => {
      const text = JSON.stringify(frame)
      assert.equal(JSON.stringify(read(text)), JSON.stringify(JSON.parse(text)))
    }),
    { numRuns: 5000 },
  )
})

test('depth and reserved keys do no harm', () => {
  assert.equal(read(`{"f":130,"cnf":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), null)
  assert.equal(read(`{"f":130,"cnf":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`), null)
  const command = read('{"f":130,"cnf":{"__proto__":{"admin":true}},"__proto__":{"t":"SYSTEM_BAN_ADD"}}')
  assert.equal(command?.t, undefined)
  assert.equal((Object.create(command?.cnf ?? null) as { admin?: boolean }).admin, undefined)
})
