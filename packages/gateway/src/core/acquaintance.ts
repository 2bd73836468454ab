import type { KnownUser } from '../model/user.ts'
import type { UserStore } from '../ports/engine.ts'
import type { Log } from '../ports/log.ts'

const remembered = 10_000

/** Lets the store know who has been here: one write for each user, not for each request. */
export class Acquaintance {
  readonly #users: UserStore
  readonly #log: Log
  readonly #lately = new Map<string, string>()

  constructor(users: UserStore, log: Log) {
    this.#users = users
    this.#log = log
  }

  meet(user: KnownUser): void {
    const said = `${user.name}\n${user.bot}`
    if (this.#lately.get(user.userId) === said) return
    if (this.#lately.size >= remembered) this.#lately.clear()
    this.#lately.set(user.userId, said)
    this.#users.seen(user).catch((error: unknown) => {
      this.#lately.delete(user.userId)
      this.#log.warn(
        { err: error },
        'the store could not note that a user was here; it will at their next request',
      )
    })
  }
}
