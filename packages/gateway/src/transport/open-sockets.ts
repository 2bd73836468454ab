import { Problem } from '../model/problem.ts'
import { isLoopback } from './address.ts'
import type { TransportLimits } from './limits.ts'

/**
 * Counts open sockets, all together and of each address. Each is a file descriptor and some memory, whatever becomes of it: `Door`
 * hears only of those that have asked for something and are connections from then on.
 */
export class OpenSockets {
  readonly #most: number
  readonly #mostOfOne: number
  readonly #sparesLoopback: boolean
  readonly #ofOne = new Map<string, number>()
  #all = 0

  /** Behind proxies all sockets are the proxies', so that only the sum says anything. */
  constructor(
    { sockets, socketsPerAddress, connectionsPerAddress }: TransportLimits,
    mode: 'development' | 'production',
    trustedHops: number,
  ) {
    this.#most = sockets
    this.#mostOfOne = trustedHops > 0 ? Number.POSITIVE_INFINITY : connectionsPerAddress + socketsPerAddress
    this.#sparesLoopback = mode === 'development'
  }

  /** Takes a socket in, which is then to `leave`; or throws `rate_limited` (this address) or `unavailable` (all together). */
  enter(address: string): void {
    if (this.#spares(address)) return
    const open = this.#ofOne.get(address) ?? 0
    if (open >= this.#mostOfOne) {
      throw new Problem('rate_limited', `This address has ${open} sockets open already.`, 5)
    }
    if (this.#all >= this.#most) {
      throw new Problem('unavailable', 'Too many sockets are open right now; try again in a moment.', 1)
    }
    this.#ofOne.set(address, open + 1)
    this.#all += 1
  }

  leave(address: string): void {
    if (this.#spares(address)) return
    const open = this.#ofOne.get(address)! - 1
    if (open === 0) this.#ofOne.delete(address)
    else this.#ofOne.set(address, open)
    this.#all -= 1
  }

  #spares(address: string): boolean {
    return this.#sparesLoopback && isLoopback(address)
  }
}
