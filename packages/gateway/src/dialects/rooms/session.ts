import type { ParticipantChanges } from '../../model/event.ts'
import { asProblem, Problem, type ProblemCode } from '../../model/problem.ts'
import { isRoomAdmin } from '../../model/rules/access.ts'
import type { Connection, ConnectionHandler } from '../../ports/connection.ts'
import type { Attendee, Core, Speech, Welcome } from '../../ports/core.ts'
import type { DialectTools } from '../../ports/dialect.ts'
import { binaryFrame, type Closing, closingFor, endings, silence } from './closings.ts'
import { decode } from './decode.ts'
import { Heartbeat, type HeartbeatTimes } from './heartbeat.ts'
import { heartbeatAckPacket, heartbeatPacket } from './packets.ts'
import { hello, type Speeches, type Standing } from './speech.ts'
import type { Visit } from './visit.ts'

export interface SessionTools extends DialectTools {
  readonly core: Core
  readonly speeches: Speeches
  readonly times: HeartbeatTimes
}

/** One connection to a room: says hello, hears what happens there, and beats. */
export class RoomsSession implements ConnectionHandler {
  readonly #connection: Connection
  readonly #visit: Visit
  readonly #tools: SessionTools
  #heartbeat: Heartbeat | null = null
  #attendee: Attendee | null = null
  #admin: boolean
  #toldOfAdmin = false
  #askedBeforeHello = false

  constructor(connection: Connection, visit: Visit, tools: SessionTools) {
    this.#connection = connection
    this.#visit = visit
    this.#tools = tools
    this.#admin = visit.admin
    if (visit.actor.userId !== null) connection.identify(visit.actor.userId, visit.expiresAt)
    void this.#attend()
  }

  receive(data: Buffer, binary: boolean): void {
    if (!this.#connection.open) return
    if (binary) return this.#close(binaryFrame, 'invalid_request')
    const said = decode(data.toString(), this.#tools.limits.jsonDepth)
    const now = this.#tools.clock.monotonic()
    if (said === 'heartbeat') {
      this.#heartbeat?.alive(now)
    } else if (said === 'heartbeat_ack') {
      this.#heartbeat?.heard(now)
      if (this.#heartbeat === null) this.#askedBeforeHello = true
      else this.#connection.send(heartbeatPacket)
    } else {
      this.#close(said, 'invalid_request')
    }
  }

  wake(): void {
    if (this.#heartbeat === null || !this.#connection.open) return
    const { dead, beat, ask, next } = this.#heartbeat.due(this.#tools.clock.monotonic())
    if (dead) return this.#close(silence)
    if (beat) this.#connection.send(heartbeatPacket)
    if (ask) this.#connection.send(heartbeatAckPacket)
    this.#connection.wakeIn(next)
  }

  /** What is not fatal has no word in this protocol, and passes in silence. */
  refuse(problem: Problem, fatal: boolean): void {
    if (!fatal) return
    const { code, reason } = closingFor(problem)
    this.#close({ code: problem.code === 'banned' ? endings.banned.code : code, reason })
  }

  closed(): void {
    this.#attendee?.leave()
  }

  async #attend(): Promise<void> {
    const { core, log } = this.#tools
    const { room, actor, resumable, since } = this.#visit
    try {
      this.#attendee = await core.attendance.attend({
        room,
        connection: this.#connection,
        actor,
        maker: null,
        presence: '{}',
        speech: this.#speech(),
        acknowledges: false,
        listens: false,
        ...(since !== undefined && { since }),
        greet: (welcome) => this.#greet(resumable ? standing(welcome) : null),
        ended: (ending) => this.#close(endings[ending]),
        changed: (changes) => this.#changed(changes),
      })
      if (!this.#connection.open) return this.#attendee.leave()
      this.#attendee.speak(this.#speech())
      await this.#lookAgain()
    } catch (error) {
      if (!(error instanceof Problem)) log.error({ err: error }, 'a connection could not attend its room')
      const problem = asProblem(error)
      this.#close(closingFor(problem), problem.code)
    }
  }

  /**
   * Changes were not heard between the handshake's look at the participant and the beginning of the attendance. Without a
   * second look, who ceased to be an admin just then would go on being shown the webhook's secret.
   */
  async #lookAgain(): Promise<void> {
    const { room, actor } = this.#visit
    const { participant } = await this.#tools.core.rooms.enter(room, actor)
    if (!this.#toldOfAdmin) this.#speakAs(isRoomAdmin(actor, participant))
  }

  #changed({ admin }: ParticipantChanges): void {
    if (admin === undefined) return
    this.#toldOfAdmin = true
    this.#speakAs(admin || this.#visit.actor.admin)
  }

  #speakAs(admin: boolean): void {
    this.#admin = admin
    this.#attendee?.speak(this.#speech())
  }

  #speech(): Speech {
    return this.#tools.speeches.for(this.#admin, this.#visit.resumable)
  }

  /** Not before the core has settled everything: whoever has seen hello hears all that happens from then on. */
  #greet(standing: Standing | null): void {
    const { times, random, clock } = this.#tools
    this.#connection.send(hello(times.interval, standing))
    if (this.#askedBeforeHello) this.#connection.send(heartbeatPacket)
    this.#heartbeat = new Heartbeat(times, random, clock.monotonic())
    this.wake()
  }

  /** Leaves at once: who has vanished never answers the close, and would be shown to the others until the transport gives up. */
  #close({ code, reason }: Closing, because?: ProblemCode): void {
    this.#connection.close(code, reason, because)
    this.#attendee?.leave()
  }
}

function standing({ position, recovered }: Welcome): Standing {
  return { position, recovered: recovered ?? false }
}
