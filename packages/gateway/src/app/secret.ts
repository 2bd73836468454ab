import { chmodSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../ports/clock.ts'
import type { Config } from './config/schema.ts'

/** 43 characters of 6 random bits: more than the 256 that HS256 can use. */
const secretLength = 43

/**
 * The key of HS256 tokens: the configured one; in development mode else the one kept in `<data>/secret`, which is made (mode
 * 600) when it is not there, so that tokens survive a restart. A configuration in production mode always has one.
 */
export function secretOf(config: Pick<Config, 'secret' | 'data'>, random: Random): string {
  return config.secret ?? kept(join(config.data, 'secret'), random)
}

/** What services prove themselves with, likewise in `<data>/services-secret`. Null in production mode without one: there are none. */
export function servicesSecretOf(
  { servicesSecret, mode, data }: Pick<Config, 'servicesSecret' | 'mode' | 'data'>,
  random: Random,
): string | null {
  if (servicesSecret !== null || mode === 'production') return servicesSecret
  return kept(join(data, 'services-secret'), random)
}

function kept(path: string, random: Random): string {
  const secret = read(path) ?? made(path, random)
  if (secret.length < secretLength) {
    throw new Error(`${path} should hold ${secretLength} characters; delete it and a new one is made.`)
  }
  return secret
}

/** The folder everything is kept in, which only its owner may enter. */
export function makeDataFolder(data: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 })
}

function read(path: string): string | null {
  try {
    const secret = readFileSync(path, 'utf8').trim()
    chmodSync(path, 0o600)
    return secret
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}

/** Puts the file there whole or not at all, and only once: a gateway and a command may both find it missing. */
function made(path: string, random: Random): string {
  const draft = `${path}.${random.id(8)}`
  writeFileSync(draft, `${random.id(secretLength)}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  return readFileSync(path, 'utf8').trim()
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code
}
