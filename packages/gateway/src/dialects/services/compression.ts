import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { Problem } from '../../model/problem.ts'
import { InFlight } from './in-flight.ts'

const deflate = promisify<string, Buffer>(zlib.deflate)
const inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate)

/** A message to services. One object for all it goes to, so that it is compressed once. */
export interface Message {
  readonly text: string
}

/**
 * Compresses whole messages, each as a zlib stream (RFC 1950) of its own. A stream in the making takes a quarter of a
 * megabyte, so all connections together have a few of them only; the others wait their turn.
 */
export class Compression {
  readonly #inFlight: InFlight
  readonly #deflated = new WeakMap<Message, Promise<Buffer | null>>()
  /** How many streams have been made. */
  made = 0

  constructor(inFlight: number) {
    this.#inFlight = new InFlight(inFlight)
  }

  /** Null when there was no memory for it. Never rejects. */
  deflate(message: Message): Promise<Buffer | null> {
    let deflated = this.#deflated.get(message)
    if (deflated === undefined) {
      deflated = this.#inFlight.run(() => this.#deflate(message.text))
      this.#deflated.set(message, deflated)
    }
    return deflated
  }

  /** The text of a compressed message of at most `most` bytes inflated. Rejects with `payload_too_large` or `invalid_json`. */
  async inflate(bytes: Buffer, most: number): Promise<string> {
    const inflated = await this.#inFlight.run(() => inflateWithin(bytes, most))
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(inflated)
    } catch {
      throw new Problem('invalid_json', 'The inflated message is not UTF-8.')
    }
  }

  async #deflate(text: string): Promise<Buffer | null> {
    this.made += 1
    try {
      return await deflate(text)
    } catch {
      return null
    }
  }
}

async function inflateWithin(bytes: Buffer, most: number): Promise<Buffer> {
  try {
    return await inflate(bytes, { maxOutputLength: most })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Problem('payload_too_large', `A message may have at most ${most} bytes inflated.`)
    }
    throw new Problem('invalid_json', 'A binary message must be JSON as one zlib stream.')
  }
}
