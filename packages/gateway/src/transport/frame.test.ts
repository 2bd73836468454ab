import assert from 'node:assert/strict'
import { test } from 'node:test'
import { frame, pongFrame } from './frame.ts'

test('a text frame is its header and the text in UTF-8', () => {
  assert.deepEqual(frame('Hello'), Buffer.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]))
  assert.deepEqual(frame('ñ€😀'), Buffer.concat([Buffer.from([0x81, 9]), Buffer.from('ñ€😀')]))
  assert.deepEqual(frame(''), Buffer.from([0x81, 0]))
})

test('bytes become a binary frame', () => {
  assert.deepEqual(frame(Buffer.from([1, 2])), Buffer.from([0x82, 2, 1, 2]))
})

test('a pong has the payload of its ping', () => {
  assert.deepEqual(pongFrame(Buffer.from([1, 2])), Buffer.from([0x8a, 2, 1, 2]))
})

test('the length is written in the shortest of its three forms', () => {
  const headers: [number, number[]][] = [
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [127, [0x81, 126, 0, 127]],
    [65_535, [0x81, 126, 0xff, 0xff]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ]
  for (const [length, header] of headers) {
    const bytes = frame('a'.repeat(length))
    assert.deepEqual([...bytes.subarray(0, header.length)], header)
    assert.equal(bytes.length, header.length + length)
  }
})
