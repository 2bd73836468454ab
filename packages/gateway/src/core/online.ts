import type { Log } from '../ports/log.ts'

interface State {
  /** How many connections, of whatever kind, show the user. */
  shown: number
  /** What was told last. */
  told: boolean
  telling: boolean
}

/**
 * Who is online: a user is while any connection shows them, in whatever dialect. Others are told once per user, not per connection;
 * a change that is taken back before it could be told is not told.
 */
export class Online {
  readonly #users = new Map<string, State>()
  readonly #tell: (userId: string, online: boolean) => Promise<void>
  readonly #log: Log

  constructor(tell: (userId: string, online: boolean) => Promise<void>, log: Log) {
    this.#tell = tell
    this.#log = log
  }

  get size(): number {
    return this.#users.size
  }

  has(userId: string): boolean {
    return (this.#users.get(userId)?.shown ?? 0) > 0
  }

  show(userId: string): void {
    const state = this.#users.get(userId) ?? { shown: 0, told: false, telling: false }
    this.#users.set(userId, state)
    state.shown += 1
    this.#settle(userId, state)
  }

  hide(userId: string): void {
    const state = this.#users.get(userId)
    if (state === undefined) return
    state.shown -= 1
    this.#settle(userId, state)
  }

  /** One telling at a time for a user, so that "offline" never overtakes "online". */
  #settle(userId: string, state: State): void {
    const online = state.shown > 0
    if (state.telling) return
    if (state.told === online) {
      if (!online) this.#users.delete(userId)
      return
    }
    state.telling = true
    state.told = online
    this.#tell(userId, online)
      .catch((error: unknown) => this.#log.warn({ err: error }, 'others could not be told who is online'))
      .finally(() => {
        state.telling = false
        this.#settle(userId, state)
      })
  }
}
