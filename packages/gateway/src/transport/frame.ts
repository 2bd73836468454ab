/** Unmasked, unfragmented frames, as a server sends them (RFC 6455 §5.2). */

const text = 0x81
const binary = 0x82
const pong = 0x8a

/** A text frame of a string, a binary frame of bytes. */
export function frame(payload: string | Buffer): Buffer {
  if (typeof payload !== 'string') {
    const target = Buffer.allocUnsafe(headerLength(payload.length) + payload.length)
    payload.copy(target, writeHeader(target, 0, binary, payload.length))
    return target
  }
  const length = Buffer.byteLength(payload)
  const target = Buffer.allocUnsafe(headerLength(length) + length)
  target.write(payload, writeHeader(target, 0, text, length))
  return target
}

/** What answers a ping: a pong with the same payload, of at most 125 bytes (RFC 6455 §5.5.3). */
export function pongFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([pong, payload.length]), payload])
}

/** How long the header of a frame is whose payload has `length` bytes. */
export function headerLength(length: number): 2 | 4 | 10 {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10
}

/** Writes the header of a text frame at `offset`; says where the payload begins. */
export function writeTextHeader(target: Buffer, offset: number, length: number): number {
  return writeHeader(target, offset, text, length)
}

function writeHeader(target: Buffer, offset: number, first: number, length: number): number {
  target[offset] = first
  if (length < 126) {
    target[offset + 1] = length
    return offset + 2
  }
  if (length < 65_536) {
    target[offset + 1] = 126
    return target.writeUInt16BE(length, offset + 2)
  }
  target[offset + 1] = 127
  target.writeUInt32BE(Math.floor(length / 2 ** 32), offset + 2)
  return target.writeUInt32BE(length % 2 ** 32, offset + 6)
}
