import type { Problem } from '../../model/problem.ts'
import type { Connection, ConnectionHandler } from '../../ports/connection.ts'
import { overEventStream } from './manner.ts'
import { type House, Stay } from './stay.ts'
import type { Visit } from './visit.ts'

/** A listener over server-sent events: hears what others hear and says nothing. */
export class StreamListener implements ConnectionHandler {
  readonly #connection: Connection
  readonly #stay: Stay
  readonly #interval: number

  constructor(house: House, visit: Visit, connection: Connection) {
    this.#connection = connection
    this.#interval = house.options.pingInterval
    this.#stay = new Stay(house, visit, overEventStream, connection)
    void this.#stay.begin(() => connection.wakeIn(this.#interval))
  }

  receive(): void {}

  /** A comment now and then keeps proxies from taking the stream for dead, and is something for the listener's system to acknowledge. */
  wake(): void {
    this.#connection.send(': \n\n')
    this.#connection.wakeIn(this.#interval)
  }

  refuse(problem: Problem, fatal: boolean): void {
    this.#stay.refuse(problem, fatal)
  }

  closed(): void {
    this.#stay.leave()
  }
}
