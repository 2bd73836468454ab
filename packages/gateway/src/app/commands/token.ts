import { SignJWT } from 'jose'
import { isUserId } from '../../model/user.ts'
import { readConfig } from '../config/read.ts'
import { systemRandom } from '../random.ts'
import { makeDataFolder, secretOf } from '../secret.ts'
import { CommandError } from '../sentence.ts'

interface TokenOptions {
  readonly sub: string
  readonly name?: string
  readonly admin?: true
  readonly bot?: true
  readonly ttl: string
  readonly data?: string
  readonly mode?: string
  readonly config?: string
}

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Prints a token (JWT, HS256) and nothing else. */
export async function token(options: TokenOptions): Promise<void> {
  const { sub, name, admin, bot, ttl, config: file, ...flags } = options
  const life = secondsOf(ttl)
  if (!isUserId(sub)) {
    throw new CommandError('--sub must be 1 to 200 characters, other than "system" and "anonymous".')
  }
  const config = await readConfig({ flags: { ...flags }, env: process.env, ...(file && { file }) })
  if (config.secret === null) makeDataFolder(config.data)
  const key = new TextEncoder().encode(secretOf(config, systemRandom))

  const { issuer, audience } = config.jwt
  const now = Math.floor(Date.now() / 1000)
  const jwt = new SignJWT({
    sub,
    ...(name && { name }),
    ...(admin && { admin }),
    ...(bot && { bot }),
    ...(issuer && { iss: issuer }),
    ...(audience && { aud: audience }),
    iat: now,
    exp: now + life,
  })
  process.stdout.write(`${await jwt.setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key)}\n`)
}

function secondsOf(ttl: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,6})([smhd])$/.exec(ttl) ?? []
  if (count === undefined)
    throw new CommandError(`--ttl must be a number and s, m, h or d, such as 30m, got "${ttl}".`)
  return Number(count) * seconds[unit as keyof typeof seconds]
}
