import { Problem } from '../../model/problem.ts'
import type { Connection, ConnectionHandler } from '../../ports/connection.ts'
import type { Attendee } from '../../ports/core.ts'
import { type Command, readCommand } from './commands.ts'
import { pingTimeout } from './errors.ts'
import { stampOf } from './frame.ts'
import { overWebSocket } from './manner.ts'
import { type House, Stay } from './stay.ts'
import type { Visit } from './visit.ts'

/** A listener over a WebSocket: is asked for signs of life, acknowledges, and changes its presence data. */
export class WebSocketListener implements ConnectionHandler {
  readonly #house: House
  readonly #visit: Visit
  readonly #connection: Connection
  readonly #stay: Stay
  #attendee: Attendee | null = null
  /** Frames that came before CONNECTED was sent. */
  readonly #early: { readonly data: Buffer; readonly binary: boolean }[] = []
  /** When the PING was sent whose PONG has not come, in monotonic milliseconds; null when there is none. */
  #askedAt: number | null = null
  /** A PING was sent and its time runs. */
  #waiting = false
  #heard = false

  constructor(house: House, visit: Visit, connection: Connection) {
    this.#house = house
    this.#visit = visit
    this.#connection = connection
    this.#stay = new Stay(house, visit, overWebSocket, connection)
    void this.#stay.begin((attendee) => this.#settle(attendee))
  }

  receive(data: Buffer, binary: boolean): void {
    this.#heard = true
    if (this.#attendee !== null) this.#obey(this.#attendee, this.#read(data, binary))
    else if (this.#early.length < this.#house.options.earlyFrames) this.#early.push({ data, binary })
    else this.refuse(new Problem('rate_limited', undefined, 1), false)
  }

  /** Asks, and once its time is over looks whether anything was heard since. */
  wake(): void {
    const { pingInterval, pongTimeout } = this.#house.options
    if (!this.#waiting) {
      this.#waiting = true
      this.#heard = false
      this.#askedAt = this.#house.tools.clock.monotonic()
      this.#stay.tell('PING', '{}')
      this.#connection.wakeIn(pongTimeout)
    } else if (this.#heard) {
      this.#waiting = false
      this.#connection.wakeIn(Math.max(0, pingInterval - pongTimeout))
    } else {
      this.#stay.fail(pingTimeout)
    }
  }

  refuse(problem: Problem, fatal: boolean): void {
    this.#stay.refuse(problem, fatal)
  }

  closed(): void {
    this.#stay.leave()
  }

  #settle(attendee: Attendee): void {
    this.#attendee = attendee
    this.#connection.wakeIn(this.#house.options.pingInterval)
    for (const { data, binary } of this.#early.splice(0)) this.receive(data, binary)
  }

  #read(data: Buffer, binary: boolean): Command {
    const { options, tools } = this.#house
    return readCommand(data, binary, options.maxPresence, tools.limits.jsonDepth)
  }

  #obey(attendee: Attendee, command: Command): void {
    switch (command.kind) {
      case 'pong':
        this.#measure(attendee)
        break
      case 'ack':
        this.#house.core.data.acknowledge(this.#visit.channel, command.eventId, attendee.memberId)
        break
      case 'presence':
        attendee.update(command.presence)
        break
      case 'wrong':
        this.#stay.error(command.error)
    }
  }

  #measure(attendee: Attendee): void {
    if (this.#askedAt === null) return
    const latency = Math.round(this.#house.tools.clock.monotonic() - this.#askedAt)
    this.#askedAt = null
    this.#connection.stamp = stampOf(attendee.memberId, latency)
  }
}
