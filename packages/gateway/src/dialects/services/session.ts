import { asProblem, Problem, type ProblemCode } from '../../model/problem.ts'
import type { ServiceEvent } from '../../model/service-event.ts'
import type { Connection, ConnectionHandler } from '../../ports/connection.ts'
import type { DialectTools } from '../../ports/dialect.ts'
import type { EntityStore } from '../../ports/entities.ts'
import type { Seat, ServiceRequest, Services } from '../../ports/services.ts'
import { Caching } from './caching.ts'
import {
  alreadyAuthenticated,
  type Closing,
  closingFor,
  noHeartbeat,
  notIdentified,
  resumedElsewhere,
} from './closings.ts'
import type { Compression, Message } from './compression.ts'
import { type Data, decode, type Frame, isClosing } from './decode.ts'
import { heartbeatAckFrame, heartbeatFrame, helloFrame, identifiedFrame } from './frames.ts'
import { readHeartbeat } from './heartbeat-data.ts'
import { type Identity, readIdentity } from './identify.ts'
import { Incoming } from './incoming.ts'
import { opcodes } from './opcodes.ts'
import type { ServicesOptions } from './options.ts'
import { Outgoing } from './outgoing.ts'
import { Pulse } from './pulse.ts'

export interface SessionTools extends DialectTools {
  readonly services: Services
  readonly entities: EntityStore
  readonly options: ServicesOptions
  readonly compression: Compression
  /** The frame of an event: the same object whenever it is the same event. */
  messageOf(event: ServiceEvent): Message
}

const heartbeatAck: Message = { text: heartbeatAckFrame }
const heartbeat: Message = { text: heartbeatFrame }

/** A service that has identified. */
interface Identified {
  readonly type: string
  readonly seat: Seat
  readonly pulse: Pulse
}

/** One connection to the bus: greets, lets it identify, and carries what it says. */
export class ServicesSession implements ConnectionHandler {
  readonly #connection: Connection
  readonly #tools: SessionTools
  readonly #incoming: Incoming
  readonly #outgoing: Outgoing
  readonly #caching: Caching
  #service: Identified | null = null

  constructor(connection: Connection, tools: SessionTools) {
    const { options, compression } = tools
    this.#connection = connection
    this.#tools = tools
    this.#incoming = new Incoming(connection, options.inboundMax, (data, binary) => this.#work(data, binary))
    this.#outgoing = new Outgoing(connection, compression, options.compressionBacklog, (problem) =>
      this.refuse(problem),
    )
    this.#caching = new Caching(tools.entities, (error) => this.#failed(error))
    this.#outgoing.send({ text: helloFrame(options.heartbeatInterval) })
    connection.wakeIn(options.identifyTimeout)
  }

  receive(data: Buffer, binary: boolean): void {
    this.#incoming.receive(data, binary)
  }

  wake(): void {
    if (this.#service === null) {
      const seconds = this.#tools.options.identifyTimeout / 1000
      return this.#close(notIdentified(`Identify (0) within ${seconds} s of connecting.`), 'unauthorized')
    }
    const { pulse, type } = this.#service
    const now = this.#now()
    // Its heartbeat may stand behind what it sent before and has not been looked at yet.
    if (this.#incoming.busy) return this.#connection.wakeIn(pulse.grace)
    const verdict = pulse.judge(now)
    if (verdict === 'dead') {
      this.#tools.log.warn({ connection: this.#connection.id, type }, 'a service has fallen silent')
      return this.#close(noHeartbeat)
    }
    if (verdict === 'ask') this.#outgoing.send(heartbeat)
    this.#connection.wakeIn(pulse.next(now))
  }

  /** Nothing may be dropped from between a service's messages: whatever the matter is, it has to begin anew. */
  refuse(problem: Problem): void {
    this.#close(closingFor(problem), problem.code)
  }

  closed(): void {
    this.#service?.seat.leave()
  }

  #work(data: Buffer, binary: boolean): Promise<void> | undefined {
    if (!this.#connection.open) return undefined
    if (binary) return this.#guard(this.#inflated(data))
    try {
      const going = this.#hear(data.toString())
      return going === undefined ? undefined : this.#guard(going)
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  async #inflated(data: Buffer): Promise<void> {
    const text = await this.#tools.compression.inflate(data, this.#inflatedMax)
    if (this.#connection.open) await this.#hear(text)
  }

  async #guard(going: Promise<void>): Promise<void> {
    try {
      await going
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    if (!(error instanceof Problem))
      this.#tools.log.error({ err: error }, 'a message of a service was not understood')
    this.refuse(asProblem(error))
  }

  /** Throws or rejects with what the core or the store has against it. */
  #hear(text: string): Promise<void> | undefined {
    const frame = decode(text, this.#service !== null, this.#tools.limits.jsonDepth)
    if (isClosing(frame)) this.#close(frame, 'invalid_request')
    else if (frame.op === opcodes.identify) this.#identify(frame.d)
    else if (frame.op === opcodes.heartbeat) this.#beat(frame.d)
    else if (frame.op === opcodes.event) this.#pass(frame)
    else return this.#caching.keep(frame.d)
    return undefined
  }

  #identify(d: Data): void {
    if (this.#service !== null) return this.#close(alreadyAuthenticated, 'invalid_request')
    const { options, services } = this.#tools
    const identity = readIdentity(d, options.types, options.secret)
    if (isClosing(identity)) return this.#close(identity, 'unauthorized')
    if (identity.compress) this.#outgoing.compress()
    const seat = services.join(this.#request(identity))
    const pulse = new Pulse(options.heartbeatInterval, this.#now())
    this.#service = { type: identity.type, seat, pulse }
    this.#connection.limitMessages(options.inboundMax)
    this.#connection.wakeIn(pulse.next(this.#now()))
  }

  #request({ type, session }: Identity): ServiceRequest {
    return {
      type,
      session,
      identified: (standing) => this.#outgoing.send({ text: identifiedFrame(standing) }),
      deliver: (event) => {
        if (!this.#connection.open) return false
        this.#outgoing.send(this.#tools.messageOf(event))
        return true
      },
      replaced: () => this.#close(resumedElsewhere),
    }
  }

  #beat(d: Data): void {
    const said = readHeartbeat(d, this.#service?.type ?? null)
    if (isClosing(said)) return this.#close(said, 'invalid_request')
    this.#service?.pulse.beat(this.#now())
    this.#service?.seat.beat(said)
    this.#outgoing.send(heartbeatAck)
  }

  #pass({ t, d }: Frame): void {
    if (typeof t !== 'string') throw new Problem('invalid_request', 't must be the name of an event.')
    this.#service?.seat.send(t, d)
  }

  #close({ code, reason }: Closing, because?: ProblemCode): void {
    if (!this.#connection.open) return
    this.#connection.close(code, reason, because)
    this.#service?.seat.leave()
  }

  get #inflatedMax(): number {
    const { unidentifiedMax, inflatedMax } = this.#tools.options
    return this.#service === null ? unidentifiedMax : inflatedMax
  }

  #now(): number {
    return this.#tools.clock.monotonic()
  }
}
