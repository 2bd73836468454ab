import { createHmac } from 'node:crypto'

export interface TokenClaims {
  readonly name?: string
  readonly admin?: boolean
  readonly bot?: boolean
  /** Seconds from now until it ends; negative: it has ended. */
  readonly ttl?: number
  readonly [claim: string]: unknown
}

/** A token (JWT, HS256; RFC 7519). */
export function makeToken(secret: string, sub: string, { ttl = 3600, ...claims }: TokenClaims = {}): string {
  const now = Math.floor(Date.now() / 1000)
  const payload = { sub, iat: now, exp: now + ttl, ...claims }
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
