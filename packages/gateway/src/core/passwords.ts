import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Problem } from '../model/problem.ts'
import type { Clock } from '../ports/clock.ts'

const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer>

/** N = 2^15, r = 8, p = 1: 32 MiB and some tens of milliseconds for each guess (RFC 7914). */
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

/** `scrypt$<salt>$<key>`, both base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, 32, cost)
  return `scrypt$${salt.toString('base64')}$${key.toString('base64')}`
}

export async function passwordFits(password: string, hash: string): Promise<boolean> {
  const [, salt = '', key = ''] = hash.split('$')
  const expected = Buffer.from(key, 'base64')
  const actual = await derive(password, Buffer.from(salt, 'base64'), expected.length, cost)
  return timingSafeEqual(actual, expected)
}

const minute = 60_000

/** How many wrong passwords a minute are taken for one room: from one address, and from all together. */
export interface Guessing {
  readonly perAddress: number
  readonly perRoom: number
}

/** Bounds how often a password may be guessed. */
export class GuessLimit {
  readonly #clock: Clock
  readonly #most: Guessing
  readonly #guesses = new Map<string, { count: number; readonly until: number }>()

  constructor(clock: Clock, most: Guessing) {
    this.#clock = clock
    this.#most = most
  }

  /** Counts a guess before it is judged, so that many at once do not slip through. Throws `rate_limited`. */
  guess(room: string, address: string): void {
    this.#forget()
    const here = this.#entry(`${room}\n${address}`)
    const anywhere = this.#entry(room)
    this.#check(here, this.#most.perAddress)
    this.#check(anywhere, this.#most.perRoom)
    here.count += 1
    anywhere.count += 1
  }

  /** The guess was right, and does not count. */
  right(room: string, address: string): void {
    this.#entry(`${room}\n${address}`).count -= 1
    this.#entry(room).count -= 1
  }

  #entry(key: string): { count: number; readonly until: number } {
    let entry = this.#guesses.get(key)
    if (entry === undefined) {
      entry = { count: 0, until: this.#clock.monotonic() + minute }
      this.#guesses.set(key, entry)
    }
    return entry
  }

  #check(entry: { count: number; readonly until: number }, most: number): void {
    if (entry.count < most) return
    const wait = Math.max(1, Math.ceil((entry.until - this.#clock.monotonic()) / 1000))
    throw new Problem('rate_limited', `Too many wrong passwords; try again in ${wait} s.`, wait)
  }

  /** Entries stand in the order they end, so the ended ones are in front. */
  #forget(): void {
    const now = this.#clock.monotonic()
    for (const [key, entry] of this.#guesses) {
      if (entry.until > now) return
      this.#guesses.delete(key)
    }
  }
}
