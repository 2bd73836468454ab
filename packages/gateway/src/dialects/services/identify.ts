import { createHash, timingSafeEqual } from 'node:crypto'
import { authenticationFailed, type Closing, invalidPayload } from './closings.ts'
import type { Data } from './decode.ts'

export interface Identity {
  readonly type: string
  readonly compress: boolean
  readonly session: string | null
}

/** Who a service says it is (the data of op 0), or why it is closed for saying so, in the order in which the protocol looks. */
export function readIdentity(d: Data, types: readonly string[], secret: string): Identity | Closing {
  const type = types.find((one) => one === d.type)
  if (type === undefined) return invalidPayload(`d.type must be one of ${types.join(', ')}.`)
  if (typeof d.compress !== 'boolean') return invalidPayload('d.compress must be a boolean.')
  const session = d.session ?? null
  if (session !== null && typeof session !== 'string') return invalidPayload('d.session must be a string.')
  if (typeof d.secret !== 'string' || !sameSecret(d.secret, secret)) return authenticationFailed
  return { type, compress: d.compress, session }
}

/** In a time that tells nothing about where they differ, or how long the secret is. */
export function sameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
