import { hash } from 'node:crypto'
import { errors, type JWTPayload, jwtVerify } from 'jose'
import { parseExactly } from '../model/exact-json.ts'
import type { Actor } from '../model/participant.ts'
import { Problem } from '../model/problem.ts'
import type { RoomId } from '../model/room.ts'
import { isUserId } from '../model/user.ts'
import type { Clock } from '../ports/clock.ts'
import type { Accounts, User } from '../ports/core.ts'
import type { RoomStore, UserStore } from '../ports/engine.ts'
import type { Acquaintance } from './acquaintance.ts'
import type { Bans } from './bans.ts'
import { Credentials, type Holder } from './credentials.ts'
import { publishedKeys } from './published-keys.ts'
import type { AccountSettings } from './settings.ts'

const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

interface AccountTools {
  readonly settings: AccountSettings
  readonly rooms: RoomStore
  readonly users: UserStore
  readonly clock: Clock
  readonly bans: Bans
  readonly acquaintance: Acquaintance
}

/**
 * Tells who is speaking. HS256 is verified with the secret and nothing else, other algorithms with the published keys and
 * nothing else, so that a public key is never taken for a secret, and `none` is never taken at all (RFC 8725 §3.1).
 */
export function createAccounts({
  settings,
  rooms,
  users,
  clock,
  bans,
  acquaintance,
}: AccountTools): Accounts {
  const secret = new TextEncoder().encode(settings.secret)
  const credentials = new Credentials(rooms)
  const published = settings.jwksUrl === null ? null : publishedKeys(settings.jwksUrl)
  const claims = {
    ...(settings.issuer !== null && { issuer: settings.issuer }),
    ...(settings.audience !== null && { audience: settings.audience }),
  }

  async function user(token: string): Promise<User> {
    const user = await verified(token)
    await bans.check(user.userId)
    acquaintance.meet({ userId: user.userId, name: user.name, bot: user.bot })
    return user
  }

  async function verified(token: string): Promise<User> {
    const options = { ...claims, currentDate: new Date(clock.now()) }
    try {
      const { payload } =
        published !== null && !saysHs256(token)
          ? await jwtVerify(token, published, { ...options, algorithms: asymmetric })
          : await jwtVerify(token, secret, { ...options, algorithms: ['HS256'] })
      return userOf(payload, token)
    } catch (error) {
      throw error instanceof Problem ? error : refusal(error)
    }
  }

  async function bearer(room: RoomId, bearer: string): Promise<Actor & { expiresAt?: number }> {
    if (looksLikeToken(bearer)) return user(bearer)
    return participant(await credentials.holder(room, hashOf(bearer)))
  }

  async function author(room: RoomId, bearer: string): Promise<Actor> {
    if (looksLikeToken(bearer)) return user(bearer)
    const credentialHash = hashOf(bearer)
    return { ...(await participant(await credentials.holderLately(room, credentialHash))), credentialHash }
  }

  async function participant({ userId, name }: Holder): Promise<Actor> {
    await bans.check(userId)
    acquaintance.meet({ userId, name, bot: false })
    return { userId, name, admin: false }
  }

  return {
    user,
    bearer,
    author,
    known: (userId) => users.get(userId),
    ban: (actor, userId, reason) => bans.add(actor, userId, reason),
  }
}

/** How credentials and session secrets are kept: they are random enough that a plain SHA-256 cannot be turned back. */
export function hashOf(credential: string): string {
  return hash('sha256', credential)
}

function looksLikeToken(bearer: string): boolean {
  return bearer.split('.').length === 3
}

function saysHs256(token: string): boolean {
  try {
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as {
      alg?: unknown
    }
    return header.alg === 'HS256'
  } catch {
    return false
  }
}

/** In characters. A name is told to everyone in a room: what is longer is cut. */
const longestName = 200

function userOf(payload: JWTPayload, token: string): User {
  const userId = subjectOf(payload, token)
  if (payload.exp === undefined)
    throw new Problem('token_invalid', 'The token has no "exp": it must end some time.')
  const { name, admin, bot, type } = payload
  return {
    userId,
    name: typeof name === 'string' && name !== '' ? [...name].slice(0, longestName).join('') : userId,
    admin: admin === true,
    bot: bot === true || type === 'bot',
    expiresAt: payload.exp * 1000,
  }
}

/** `sub`, or the claims of `comms`: `type` "user" or "bot" with an integer `id`. */
function subjectOf({ sub, type, id }: JWTPayload, token: string): string {
  if (typeof sub === 'string' && isUserId(sub)) return sub
  const integer = (type === 'user' || type === 'bot') && Number.isInteger(id) ? integerId(token) : ''
  if (isUserId(integer)) return integer
  throw new Problem(
    'token_invalid',
    'The token names no user: it needs a "sub" of 1 to 200 characters, other than "system" and "anonymous".',
  )
}

/** The claim `id` of a token that is good, as it was written: it may be beyond 2^53. */
function integerId(token: string): string {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return String((parseExactly(claims) as { id: number | bigint }).id)
}

function refusal(error: unknown): Problem {
  if (error instanceof errors.JWTExpired) return new Problem('token_expired')
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new Problem('token_invalid', `The token's claim "${error.claim}" is not what this gateway takes.`)
  }
  return new Problem('token_invalid')
}
