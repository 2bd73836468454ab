import { createHash } from 'node:crypto'
import { asProblem, Problem } from '../../model/problem.ts'
import type { Connection } from '../../ports/connection.ts'
import type { Attendee, Ending, Welcome } from '../../ports/core.ts'
import { anchorId } from './anchor.ts'
import {
  banned,
  type ErrorSaying,
  type FatalSaying,
  kicked,
  replaced,
  roomClosed,
  sayingOf,
} from './errors.ts'
import { memberText } from './events.ts'
import { errorFrame, type Frame, type FrameType, passing, stampOf } from './frame.ts'
import type { Manner } from './manner.ts'
import { claimSession, openSession, type Session } from './session.ts'
import type { Doorway, Visit } from './visit.ts'

/** What the listeners of one gateway share. */
export interface House extends Doorway {
  /** Who has a session now, or is about to claim it, by what opens it (`passOf`). */
  readonly stays: Map<string, Stay>
}

/** A listener's stay in a channel, over whatever kind of connection. */
export class Stay {
  readonly #house: House
  readonly #visit: Visit
  readonly #manner: Manner
  readonly #connection: Connection
  #attendee: Attendee | null = null
  /** The session it has, or is about to claim. */
  #session: Pass | null = null
  /** It has asked the store for the session and does not know yet whether it has it. */
  #claiming = false
  /** A newer connection has asked for the same session meanwhile. */
  #superseded = false
  /** The place of the connection that had the session before, to be left when this one is in. */
  #inherited: Attendee | null = null
  #over = false

  constructor(house: House, visit: Visit, manner: Manner, connection: Connection) {
    this.#house = house
    this.#visit = visit
    this.#manner = manner
    this.#connection = connection
    connection.stamp = stampOf(null, 0)
    const { userId, expiresAt } = visit.caller
    if (userId !== null) connection.identify(userId, expiresAt)
  }

  /**
   * Greets, tells what was missed, and calls `settled` with the place in the room, unless the connection has gone meanwhile. What
   * keeps the listener out is said and closes the connection: this never rejects.
   */
  async begin(settled: (attendee: Attendee) => void): Promise<void> {
    const { presence, resume } = this.#visit
    this.#inherited = resume === null ? null : this.#hold(resume)
    const isThere = this.#inherited !== null
    try {
      const session = await this.#takeSession()
      if (session === null) return this.fail(replaced)
      if (!this.#over) this.#attendee = await this.#attend(session)
      if (this.#over || this.#attendee === null) this.leave()
      else settled(this.#attendee)
      // A member that is already there keeps its presence data, unless told otherwise.
      if (isThere && presence !== null) this.#attendee?.update(presence)
    } catch (error) {
      if (!(error instanceof Problem)) {
        this.#house.tools.log.error({ err: error }, 'a listener could not be let in')
      }
      this.refuse(asProblem(error), true)
    } finally {
      this.#inherited?.leave()
      this.#inherited = null
    }
  }

  /** Says something to this listener alone. */
  tell(type: FrameType, payload: string): void {
    this.#say(passing(type, payload, this.#newEventId()))
  }

  error(saying: ErrorSaying): void {
    this.#say(errorFrame(saying, this.#newEventId()))
  }

  /** What `ConnectionHandler.refuse` asks for. */
  refuse(problem: Problem, fatal: boolean): void {
    if (fatal) this.fail(sayingOf(problem))
    else this.error(sayingOf(problem))
  }

  /** Says why, leaves and closes the connection. */
  fail(saying: FatalSaying): void {
    this.error(saying)
    this.leave()
    this.#connection.close(saying.close, saying.message)
  }

  /** Leaves the channel. The session can be resumed for a while. */
  leave(): void {
    this.#over = true
    this.#attendee?.leave()
    this.#release()
  }

  /**
   * A newer connection of the same user has come with the resume token, while this one, whose network may be gone, still looks alive.
   * Its place is given to the newer one, to be left once that is in, so that the others do not see the member leave and join. While it is
   * not known yet whether the token is still good, the session is only let go: with a token that is not, both get a new one.
   */
  yield(): Attendee | null {
    const place = this.#attendee ?? this.#inherited
    if (place === this.#inherited) this.#inherited = null
    this.#attendee = null
    if (this.#claiming) {
      this.#superseded = true
      this.#release()
    } else {
      this.fail(replaced)
    }
    return place
  }

  /** From now on this is who has the session. Gives the place of the one before. */
  #hold(pass: Pass): Attendee | null {
    const { stays } = this.#house
    const name = passOf(this.#visit, pass)
    const place = stays.get(name)?.yield() ?? null
    this.#session = pass
    stays.set(name, this)
    return place
  }

  /** Null: a newer connection has it. */
  async #takeSession(): Promise<Session | null> {
    const { core, tools } = this.#house
    const owner = this.#connection.id
    this.#claiming = true
    const claimed = await claimSession(core, this.#visit, owner).finally(() => {
      this.#claiming = false
    })
    if (claimed !== null) return this.#superseded ? null : claimed
    this.#letGo()
    const opened = await openSession(core, tools.random, this.#visit, owner)
    this.#hold(opened)
    return opened
  }

  #attend(session: Session): Promise<Attendee> {
    const { channel, caller, maker, presence, since } = this.#visit
    return this.#house.core.attendance.attend({
      room: channel,
      connection: this.#connection,
      actor: caller,
      maker,
      ...(session.memberId !== undefined && { memberId: session.memberId }),
      presence: presence ?? '{}',
      speech: this.#manner.speech,
      acknowledges: this.#manner.acknowledges,
      listens: true,
      ...(since !== undefined && { since }),
      greet: (welcome) => this.#greet(welcome, session),
      ended: (ending) => this.#ended(ending),
    })
  }

  #greet({ memberId, members, position, recovered }: Welcome, { id, secret, resumed }: Session): void {
    this.#connection.stamp = stampOf(memberId, 0)
    const rest = JSON.stringify({
      ...(recovered !== null && { recovered }),
      ...(resumed !== null && { resumed }),
      resumeToken: `${id}.${secret}`,
    })
    this.#say({
      type: 'CONNECTED',
      payload: `{"members":[${members.map(memberText).join(',')}],${rest.slice(1)}`,
      eventId: anchorId(position, this.#house.tools.random.id(16)),
      requiresAck: false,
      resumable: true,
    })
  }

  /** Who was sent away does not come back with the same session. */
  #ended(ending: Ending): void {
    this.#over = true
    const session = this.#letGo()
    if (session !== null) this.#house.core.sessions.end(session.id, this.#connection.id)
    if (ending === 'closed') this.#connection.close(roomClosed.close, roomClosed.message)
    else this.fail(ending === 'kicked' ? kicked : banned)
  }

  #release(): void {
    const session = this.#letGo()
    if (session !== null) this.#house.core.sessions.release(session.id, this.#connection.id)
  }

  #letGo(): Pass | null {
    const { stays } = this.#house
    const session = this.#session
    this.#session = null
    if (session === null) return null
    const name = passOf(this.#visit, session)
    if (stays.get(name) === this) stays.delete(name)
    return session
  }

  #say(frame: Frame): void {
    this.#connection.send(this.#manner.say(frame))
  }

  #newEventId(): string {
    return `evt_${this.#house.tools.random.id(16)}`
  }
}

/** What opens a session. */
type Pass = Pick<Session, 'id' | 'secret'>

/** Who knows what opens the session, and is its user in its channel. Hashed, so that no look-up shows how much of a guess is right. */
function passOf({ channel, caller }: Visit, { id, secret }: Pass): string {
  const pass = JSON.stringify([channel, caller.userId, id, secret])
  return createHash('sha256').update(pass).digest('base64url')
}
