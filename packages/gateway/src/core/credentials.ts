import type { Participant } from '../model/participant.ts'
import { Problem } from '../model/problem.ts'
import type { RoomId } from '../model/room.ts'
import type { RoomStore } from '../ports/engine.ts'

export type Holder = Pick<Participant, 'userId' | 'name'>

const remembered = 10_000

/**
 * Whose credentials are. A credential is only ever one participant's, so that what was found is remembered; it may since have ended,
 * with a kick or a newer one. So what was remembered is enough for an act, which the engine refuses then, and for nothing else.
 */
export class Credentials {
  readonly #rooms: RoomStore
  readonly #lately = new Map<string, Holder>()

  constructor(rooms: RoomStore) {
    this.#rooms = rooms
  }

  /** The holder now. Rejects with `unknown_participant`. */
  async holder(room: RoomId, credentialHash: string): Promise<Holder> {
    const participant = await this.#rooms.byCredential(room, credentialHash)
    if (participant === null) throw new Problem('unknown_participant')
    return participant
  }

  /** The holder now or lately. Rejects with `unknown_participant`. */
  async holderLately(room: RoomId, credentialHash: string): Promise<Holder> {
    const key = `${room}\n${credentialHash}`
    const known = this.#lately.get(key)
    if (known !== undefined) return known
    const { userId, name } = await this.holder(room, credentialHash)
    if (this.#lately.size >= remembered) this.#lately.clear()
    this.#lately.set(key, { userId, name })
    return { userId, name }
  }
}
