import type { TestContext } from 'node:test'
import type { TransportLimits } from '../../../src/transport/limits.ts'
import { type RawClient, TransportScene } from '../../support/transport-scene.ts'

/** An echo over the gateway's own transport, with room for what the tests send. */
export function echo(t: TestContext, limits: Partial<TransportLimits> = {}): Promise<TransportScene> {
  return TransportScene.open(t, {
    limits: { framesPerSecond: 1e6, frameBurst: 1e6, readsPerFrame: 1e6, ...limits },
  })
}

/** A frame from the server (RFC 6455 §5.2). */
export interface ServerFrame {
  /** FIN, the reserved bits and the opcode. */
  readonly first: number
  readonly payload: Buffer
}

/** The next frame. A masked one is an error: servers do not mask. */
export async function nextFrame(client: RawClient): Promise<ServerFrame> {
  const [first = 0, second = 0] = await client.bytes(2)
  if (second >= 0x80) throw new Error('the server masks')
  const length = await lengthOf(client, second)
  return { first, payload: length === 0 ? Buffer.alloc(0) : await client.bytes(length) }
}

async function lengthOf(client: RawClient, second: number): Promise<number> {
  if (second === 126) return (await client.bytes(2)).readUInt16BE()
  if (second === 127) return Number((await client.bytes(8)).readBigUInt64BE())
  return second
}

/** The code of the close frame that must come next; null when it has none. */
export async function closeCode(client: RawClient): Promise<number | null> {
  const { first, payload } = await nextFrame(client)
  if (first !== 0x88) throw new Error(`not a close frame: ${first.toString(16)} ${payload.toString()}`)
  return payload.length === 0 ? null : payload.readUInt16BE()
}

/** The payload of a close frame. */
export function closing(code: number, reason: string | Buffer = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason as string)])
}
