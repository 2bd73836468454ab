import { Problem } from '../model/problem.ts'
import type { Connection } from '../ports/connection.ts'

interface Guest {
  readonly connection: Connection
  hasPlace: boolean
}

/** Counts in how many rooms each connection is, so that none costs the gateway more than so many. */
export class Places {
  readonly #most: number
  readonly #taken = new WeakMap<Connection, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Throws `rate_limited` when the connection has all it may have. */
  take(guest: Guest): void {
    const taken = this.#taken.get(guest.connection) ?? 0
    if (taken >= this.#most) {
      throw new Problem('rate_limited', `This connection is in ${taken} rooms already; leave one first.`)
    }
    this.#taken.set(guest.connection, taken + 1)
    guest.hasPlace = true
  }

  /** To be called once or more often when its stay is over. */
  free(guest: Guest): void {
    if (!guest.hasPlace) return
    guest.hasPlace = false
    this.#taken.set(guest.connection, (this.#taken.get(guest.connection) ?? 1) - 1)
  }
}
