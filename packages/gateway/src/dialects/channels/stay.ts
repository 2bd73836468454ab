import { timingSafeEqual } from 'node:crypto'
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
import { keepSession, type Session } from './session.ts'
import type { Doorway, Visit } from './visit.ts'

/** What the listeners of one gateway share. */
export interface House extends Doorway {
  /** Who holds a session now, by its id. */
  readonly stays: Map<string, Stay>
}

/** A listener's stay in a channel, over whatever kind of connection. */
export class Stay {
  readonly #house: House
  readonly #visit: Visit
  readonly #manner: Manner
  readonly #connection: Connection
  #attendee: Attendee | null = null
  #session: Session | null = null
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
    const { presence } = this.#visit
    const predecessor = this.#succeed()
    try {
      const session = await this.#takeSession()
      if (!this.#over) this.#attendee = await this.#attend(session)
      if (this.#over || this.#attendee === null) this.leave()
      else settled(this.#attendee)
      // A member that is already there keeps its presence data, unless told otherwise.
      if (predecessor !== null && presence !== null) this.#attendee?.update(presence)
    } catch (error) {
      if (!(error instanceof Problem)) {
        this.#house.tools.log.error({ err: error }, 'a listener could not be let in')
      }
      this.refuse(asProblem(error), true)
    } finally {
      predecessor?.leave()
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
    const session = this.#letGo()
    if (session !== null) this.#house.core.sessions.release(session.id, this.#connection.id)
  }

  /**
   * A newer connection of the same user has come with the resume token, while this one, whose network may be gone, still looks alive.
   * Its place is given to the newer one, to be left once that is in, so that the others do not see the member leave and join.
   */
  yieldTo({ channel, caller, resume }: Visit): Attendee | null {
    const own = this.#visit.channel === channel && this.#visit.caller.userId === caller.userId
    if (!own || this.#session === null || !sameSecret(this.#session.secret, resume?.secret ?? '')) return null
    const attendee = this.#attendee
    this.#attendee = null
    this.fail(replaced)
    return attendee
  }

  /** The place of the connection that this one takes over from. */
  #succeed(): Attendee | null {
    const { resume } = this.#visit
    return resume === null ? null : (this.#house.stays.get(resume.id)?.yieldTo(this.#visit) ?? null)
  }

  async #takeSession(): Promise<Session> {
    const { core, tools, stays } = this.#house
    const session = await keepSession(core, tools.random, this.#visit, this.#connection.id)
    this.#session = session
    stays.set(session.id, this)
    return session
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

  #letGo(): Session | null {
    const { stays } = this.#house
    const session = this.#session
    this.#session = null
    if (session !== null && stays.get(session.id) === this) stays.delete(session.id)
    return session
  }

  #say(frame: Frame): void {
    this.#connection.send(this.#manner.say(frame))
  }

  #newEventId(): string {
    return `evt_${this.#house.tools.random.id(16)}`
  }
}

function sameSecret(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
