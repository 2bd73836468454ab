import assert from 'node:assert/strict'
import { test } from 'node:test'
import { binary, clientFrame, FrameReader } from './frames.ts'

function read(...chunks: Buffer[]): string[] {
  const heard: string[] = []
  const reader = new FrameReader()
  for (const chunk of chunks) {
    // What was read must not be needed any more once the next is read.
    const buffer = Buffer.from(chunk)
    reader.read(buffer, (opcode, bytes, start, end) =>
      heard.push(`${opcode} ${bytes.toString('utf8', start, end)}`),
    )
    buffer.fill(0)
  }
  return heard
}

const hello = Buffer.from('810548656c6c6f', 'hex')

test('frames are read one by one, however many come at once', () => {
  assert.deepEqual(read(Buffer.concat([hello, Buffer.from('8900', 'hex'), hello])), [
    '1 Hello',
    '9 ',
    '1 Hello',
  ])
})

test('a frame is read whole, wherever it was broken', () => {
  const long = Buffer.concat([Buffer.from('827e0100', 'hex'), Buffer.alloc(256, 'x')])
  const all = Buffer.concat([hello, long, hello])
  for (let at = 0; at <= all.length; at++) {
    assert.deepEqual(read(all.subarray(0, at), all.subarray(at)), [
      '1 Hello',
      `2 ${'x'.repeat(256)}`,
      '1 Hello',
    ])
  }
})

test('frames of a client are masked, and say their length in as few bytes as can be', () => {
  for (const [length, header] of [
    [5, '8285'],
    [126, '82fe007e'],
    [65_536, '82ff0000000000010000'],
  ] as const) {
    const frame = clientFrame(Buffer.alloc(length, 7), binary)
    const bytes = header.length / 2
    assert.equal(frame.toString('hex', 0, bytes), header)
    assert.equal(frame.length, bytes + 4 + length)
    assert.equal(frame[bytes + 4]! ^ frame[bytes]!, 7)
    assert.equal(frame.at(-1)! ^ frame[bytes + ((length - 1) & 3)]!, 7)
  }
})
