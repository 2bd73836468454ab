import type { RoomId } from '../../model/room.ts'
import type { Random } from '../../ports/clock.ts'
import type { Attendee, Sessions } from '../../ports/core.ts'

/** Where a session stands: its channel, and the history its `s` counts in. */
export interface Place {
  readonly room: RoomId
  readonly epoch: string
}

/** Whoever has a session now. */
export interface Holder {
  readonly user: { readonly userId: string }
  /** A newer connection of the same user takes the session over: this one ends, and its stay in the channel is the newer one's to leave. */
  yield(): Attendee | null
}

/**
 * Sessions under integers. This protocol has no secret to resume with, so the number alone must open nothing: a session is handed only
 * to a connection that has presented a token of the same user, and the number (53 random bits) then says which of theirs.
 */
export class SessionKeeper {
  readonly #sessions: Sessions
  readonly #random: Random
  /** By session and user: who asks for somebody else's session must not stand in its owner's place meanwhile. */
  readonly #holders = new Map<string, Holder>()

  constructor(sessions: Sessions, random: Random) {
    this.#sessions = sessions
    this.#random = random
  }

  /** From 1 to 2^53 − 1. */
  newId(): number {
    return this.#random.integer(2 ** 21) * 2 ** 32 + this.#random.integer(2 ** 32) || 1
  }

  /** From now on this is the holder for its user. Gives the stay of the one before. */
  hold(id: number, holder: Holder): Attendee | null {
    const key = keyOf(id, holder)
    const stay = this.#holders.get(key)?.yield() ?? null
    this.#holders.set(key, holder)
    return stay
  }

  async keep(id: number, userId: string, place: Place, owner: string): Promise<void> {
    await this.#sessions.keep({ ...named(id, userId), data: JSON.stringify(place), owner })
  }

  async claim(id: number, userId: string, owner: string): Promise<Place | null> {
    const session = await this.#sessions.claim({ ...named(id, userId), owner })
    return session === null ? null : (JSON.parse(session.data) as Place)
  }

  /** The holder has gone, or has no use for it: from now on it can be resumed for a while. */
  release(id: number, holder: Holder, owner: string): void {
    const key = keyOf(id, holder)
    if (this.#holders.get(key) === holder) this.#holders.delete(key)
    this.#sessions.release(nameOf(id), owner)
  }
}

const nameOf = (id: number): string => `comms.${id}`

const keyOf = (id: number, { user }: Holder): string => `${id} ${user.userId}`

function named(id: number, userId: string) {
  return { id: nameOf(id), secret: userId, dialect: 'comms', room: '', userId }
}
