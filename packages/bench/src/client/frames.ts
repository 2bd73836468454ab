import { randomFillSync } from 'node:crypto'

/** Called with each frame from a server: its opcode, and where its payload lies. The buffer is reused afterwards. */
export type HearFrame = (opcode: number, buffer: Buffer, start: number, end: number) => void

/** Takes the frames of a server (unmasked, RFC 6455 §5.2) out of a stream of bytes. */
export class FrameReader {
  #rest: Buffer | null = null

  read(chunk: Buffer, hear: HearFrame): void {
    const buffer = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    for (;;) {
      const start = payloadStart(buffer, at)
      if (start === -1) break
      const end = start + payloadLength(buffer, at)
      if (end > buffer.length) break
      hear(buffer[at]! & 0x0f, buffer, start, end)
      at = end
    }
    // The chunk is read into again, so what is left of it must be copied.
    this.#rest = at === buffer.length ? null : Buffer.from(buffer.subarray(at))
  }
}

function payloadStart(buffer: Buffer, at: number): number {
  if (buffer.length - at < 2) return -1
  const short = buffer[at + 1]! & 0x7f
  const header = short < 126 ? 2 : short === 126 ? 4 : 10
  return buffer.length - at < header ? -1 : at + header
}

function payloadLength(buffer: Buffer, at: number): number {
  const short = buffer[at + 1]! & 0x7f
  if (short < 126) return short
  return short === 126 ? buffer.readUInt16BE(at + 2) : buffer.readUIntBE(at + 4, 6)
}

const text = 0x81
export const binary = 0x82
export const pong = 0x8a

/** A frame of a client: masked (RFC 6455 §5.3). `first` is its first byte. */
export function clientFrame(payload: string | Buffer, first = text): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  const header = bytes.length < 126 ? 2 : bytes.length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + 4 + bytes.length)
  frame[0] = first
  if (header === 2) frame[1] = 0x80 | bytes.length
  else if (header === 4) {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(bytes.length, 2)
  } else {
    frame[1] = 0x80 | 127
    frame.writeBigUInt64BE(BigInt(bytes.length), 2)
  }
  const mask = randomFillSync(frame.subarray(header, header + 4))
  for (let index = 0; index < bytes.length; index++) {
    frame[header + 4 + index] = bytes[index]! ^ mask[index & 3]!
  }
  return frame
}
