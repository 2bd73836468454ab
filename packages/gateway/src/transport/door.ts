import { Problem } from '../model/problem.ts'
import type { Clock } from '../ports/clock.ts'
import { isLoopback } from './address.ts'
import { Bucket } from './bucket.ts'
import type { TransportLimits } from './limits.ts'

interface Caller {
  open: number
  readonly arrivals: Bucket
}

/** How many addresses are remembered before those are forgotten that no limit touches any more. */
const forgetFrom = 1024

/** Counts connections in and out: how many an address has open, how fast new ones come. */
export class Door {
  readonly #limits: TransportLimits
  readonly #clock: Clock
  readonly #sparesLoopback: boolean
  readonly #arrivals = new Bucket()
  readonly #callers = new Map<string, Caller>()
  #forgetAt = forgetFrom

  constructor(limits: TransportLimits, clock: Clock, mode: 'development' | 'production') {
    this.#limits = limits
    this.#clock = clock
    this.#sparesLoopback = mode === 'development'
  }

  /** Lets a connection in, which is then to `leave`; or throws `rate_limited` (this address) or `unavailable` (all together). */
  enter(address: string): void {
    if (this.#spares(address)) return
    const now = this.#clock.monotonic()
    const { connectionsPerAddress, newPerAddress, newConnections } = this.#limits
    const caller = this.#caller(address, now)
    if (caller.open >= connectionsPerAddress) {
      throw new Problem('rate_limited', `This address has ${connectionsPerAddress} connections already.`, 5)
    }
    const wait = caller.arrivals.take({ perSecond: newPerAddress, burst: newPerAddress }, now)
    if (wait > 0)
      throw new Problem('rate_limited', 'This address connects too often.', Math.ceil(wait / 1000))
    if (this.#arrivals.take({ perSecond: newConnections, burst: newConnections }, now) > 0) {
      throw new Problem('unavailable', 'Too many connect right now; try again in a moment.', 1)
    }
    caller.open += 1
  }

  leave(address: string): void {
    const caller = this.#callers.get(address)
    if (caller !== undefined && !this.#spares(address)) caller.open -= 1
  }

  #spares(address: string): boolean {
    return this.#sparesLoopback && isLoopback(address)
  }

  #caller(address: string, now: number): Caller {
    let caller = this.#callers.get(address)
    if (caller === undefined) {
      if (this.#callers.size >= this.#forgetAt) this.#forgetIdle(now)
      caller = { open: 0, arrivals: new Bucket() }
      this.#callers.set(address, caller)
    }
    return caller
  }

  #forgetIdle(now: number): void {
    for (const [address, { open, arrivals }] of this.#callers) {
      if (open === 0 && arrivals.isFull(now)) this.#callers.delete(address)
    }
    this.#forgetAt = Math.max(forgetFrom, this.#callers.size * 2)
  }
}
