import type { Actor } from '../model/participant.ts'
import { Problem } from '../model/problem.ts'
import type { Clock } from '../ports/clock.ts'
import type { Outbound } from '../ports/connection.ts'
import type { UserStore } from '../ports/engine.ts'

/** Users banned from the whole gateway. Held in memory, so that no request waits for the store to ask. */
export class Bans {
  readonly #users: UserStore
  readonly #outbound: Outbound
  readonly #clock: Clock
  #banned: Promise<Set<string>> | null = null

  constructor(users: UserStore, outbound: Outbound, clock: Clock) {
    this.#users = users
    this.#outbound = outbound
    this.#clock = clock
  }

  /** Throws `banned` for one who is. */
  async check(userId: string): Promise<void> {
    if ((await this.#load()).has(userId)) throw new Problem('banned', 'You are banned from this gateway.')
  }

  /** Bans a user and ends all their connections, whatever they speak. */
  async add(actor: Actor, userId: string, reason: string | null): Promise<void> {
    if (!actor.admin)
      throw new Problem('forbidden', 'Only an admin of the gateway may ban someone from all of it.')
    if ((await this.#users.get(userId)) === null) {
      throw new Problem('unknown_user', 'Nobody with this id has ever been here.')
    }
    const banned = await this.#load()
    await this.#users.ban(userId, this.#clock.now(), reason)
    banned.add(userId)
    this.#outbound.end(userId, new Problem('banned', 'You are banned from this gateway.'))
  }

  #load(): Promise<Set<string>> {
    this.#banned ??= this.#users.banned().then((ids) => new Set(ids))
    this.#banned.catch(() => {
      this.#banned = null
    })
    return this.#banned
  }
}
