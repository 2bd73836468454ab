import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { compactJson } from '../model/json.ts'
import { Problem } from '../model/problem.ts'

/** So many times the limit is read and thrown away, so that a client still hears why its body was refused. */
const patience = 16

/**
 * The whole body. Rejects with `payload_too_large`: after reading the rest of what is only somewhat too large, at once when it
 * is far too large. Null: the client has gone before its body was complete.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limit * patience) return Promise.reject(tooLarge(limit))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else if (size > limit * patience) reject(tooLarge(limit))
    })
    request.on('end', () => {
      if (size > limit) reject(tooLarge(limit))
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
    })
    request.on('error', () => resolve(null))
    request.on('close', () => resolve(null))
  })
}

function tooLarge(limit: number): Problem {
  return new Problem('payload_too_large', `A body may have at most ${limit} bytes here.`)
}

/** The body as JSON (RFC 8259 §8.1: UTF-8). Throws `invalid_json`, with the position in the sentence. */
export function parseBody(raw: Buffer, maxDepth: number): unknown {
  if (raw.length === 0) throw new Problem('invalid_json', 'The body is empty; it must be JSON.')
  if (!isUtf8(raw)) throw new Problem('invalid_json', 'The body is not UTF-8.')
  return compactJson(raw.toString(), maxDepth).value
}
