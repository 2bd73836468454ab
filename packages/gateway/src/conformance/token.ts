import { createHmac } from 'node:crypto'

/** Seconds. */
const hour = 3600

/**
 * A token (JWT, HS256; RFC 7519) for a user. `flags`: `admin`, `bot` are claims; `numbered` uses the claims `type` and `id` in place of `sub`;
 * `expired`, `forged` (signed with another key) and `unsigned` (RFC 7519 §6) are not to be taken.
 */
export function signToken(secret: string, sub: string, number: number, flags: readonly string[]): string {
  const has = (flag: string) => flags.includes(flag)
  const now = Math.floor(Date.now() / 1000)
  const who = has('numbered') ? { type: has('bot') ? 'bot' : 'user', id: number } : { sub, name: sub }
  const claims = {
    ...who,
    ...(has('admin') && { admin: true }),
    ...(has('bot') && !has('numbered') && { bot: true }),
    iat: now - 2 * hour,
    exp: has('expired') ? now - hour : now + hour,
  }
  const header = { alg: has('unsigned') ? 'none' : 'HS256', typ: 'JWT' }
  const signed = `${encode(header)}.${encode(claims)}`
  if (has('unsigned')) return `${signed}.`
  const key = has('forged') ? `not ${secret}` : secret
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
