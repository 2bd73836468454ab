import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRoomName, longestRoomName, reservedNames } from './room-name.ts'

test('a name is 1 to 200 characters, counted as people do', () => {
  for (const name of ['a', 'x'.repeat(200), '👋'.repeat(200), 'a b/c', '__proto__'])
    assert.equal(checkRoomName(name, longestRoomName), name)
})

test('what is empty, too long, a control character or half a character is refused', () => {
  for (const name of ['', 'x'.repeat(201), 'a\nb', '\u0000', '\ud800', 'a\udc00b']) {
    assert.throws(() => checkRoomName(name, longestRoomName), { code: 'invalid_request' })
  }
})

test('the first segments of the gateway’s own routes are refused', () => {
  assert.equal(reservedNames.size, 10)
  for (const name of reservedNames)
    assert.throws(() => checkRoomName(name, longestRoomName), { code: 'reserved_name' })
})
