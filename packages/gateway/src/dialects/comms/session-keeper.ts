import type { RoomId } from '../../model/room.ts'
import type { Random } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/core.ts'

/** Where a session stands: its channel, and the history its `s` counts in. */
export interface Place {
  readonly room: RoomId
  readonly epoch: string
}

/**
 * Sessions under integers. This protocol has no secret to resume with, so the number alone must open nothing: a session is handed only
 * to a connection that has presented a token of the same user, and the number (53 random bits) then says which of theirs.
 */
export class SessionKeeper {
  readonly #sessions: Sessions
  readonly #random: Random

  constructor(sessions: Sessions, random: Random) {
    this.#sessions = sessions
    this.#random = random
  }

  /** From 1 to 2^53 − 1. */
  newId(): number {
    return this.#random.integer(2 ** 21) * 2 ** 32 + this.#random.integer(2 ** 32) || 1
  }

  async keep(id: number, userId: string, place: Place, owner: string): Promise<void> {
    await this.#sessions.keep({ ...named(id, userId), data: JSON.stringify(place), owner })
  }

  async claim(id: number, userId: string, owner: string): Promise<Place | null> {
    const session = await this.#sessions.claim({ ...named(id, userId), owner })
    return session === null ? null : (JSON.parse(session.data) as Place)
  }

  release(id: number, owner: string): void {
    this.#sessions.release(nameOf(id), owner)
  }
}

const nameOf = (id: number): string => `comms.${id}`

function named(id: number, userId: string) {
  return { id: nameOf(id), secret: userId, dialect: 'comms', room: '', userId }
}
