import type { ActBody } from '../model/act.ts'
import type { Actor } from '../model/participant.ts'
import { Problem } from '../model/problem.ts'
import type { Room, RoomId } from '../model/room.ts'
import type { Clock, Random } from '../ports/clock.ts'
import type { ActExtra } from '../ports/core.ts'
import type { Engine, Outcome } from '../ports/engine.ts'

interface Extra {
  readonly id?: string
  readonly key?: string
  readonly note?: string
  readonly wantsAck?: boolean
}

/** The extras of an act as a caller of the core gives them. */
export function asked({ key, eventId }: ActExtra = {}): Extra {
  return { ...(key !== undefined && { key }), ...(eventId !== undefined && { id: eventId }) }
}

/** The room of an act that makes, changes or enters one. */
export function roomOf({ room }: Outcome): Room {
  if (room === undefined) throw new Problem('internal')
  return room
}

/** Whoever speaks for a dialect knows more of an actor than an act is to bear. */
function plain({ userId, name, admin, credentialHash }: Actor): Actor {
  return { userId, name, admin, ...(credentialHash !== undefined && { credentialHash }) }
}

/** Gives an act its id and its time, and hands it to the engine. */
export class Acts {
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #random: Random
  readonly #delivered: () => void

  /** `delivered` is called when something was put into the outbox. */
  constructor(engine: Engine, clock: Clock, random: Random, delivered: () => void) {
    this.#engine = engine
    this.#clock = clock
    this.#random = random
    this.#delivered = delivered
  }

  newId(): string {
    return `evt_${this.#random.id(16)}`
  }

  async commit(room: RoomId, actor: Actor, body: ActBody, extra: Extra = {}): Promise<Outcome> {
    const outcome = await this.#engine.commit({
      id: this.newId(),
      room,
      actor: plain(actor),
      at: this.#clock.now(),
      body,
      ...extra,
    })
    if (outcome.posted === true) this.#delivered()
    return outcome
  }
}
