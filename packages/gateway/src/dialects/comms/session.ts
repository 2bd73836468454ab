import { asProblem, Problem, type ProblemCode } from '../../model/problem.ts'
import type { Connection, ConnectionHandler } from '../../ports/connection.ts'
import type { Core } from '../../ports/core.ts'
import type { DialectTools } from '../../ports/dialect.ts'
import { Client } from './client.ts'
import { type Command, decode } from './decode.ts'
import type { Directory } from './directory.ts'
import {
  type CommsError,
  closeCodeOf,
  errorOf,
  fatalErrorOf,
  malformed,
  notIdentified,
  timedOut,
} from './errors.ts'
import { execute } from './execute.ts'
import { errorFrame, executeFrame, heartbeatFrame, helloFrame } from './frames.ts'
import type { CommsOptions } from './options.ts'
import type { SessionKeeper } from './session-keeper.ts'

export interface SessionTools extends DialectTools {
  readonly core: Core
  readonly options: CommsOptions
  readonly sessions: SessionKeeper
  readonly directory: Directory
}

interface Step {
  readonly run: () => Promise<void>
  /** The client's number of the request this is for. */
  readonly s: number | undefined
}

const heartbeat = Buffer.from(heartbeatFrame)

/** One connection: it presents itself, beats, and executes; what it asks is done in the order it came. */
export class CommsSession implements ConnectionHandler {
  readonly #connection: Connection
  readonly #tools: SessionTools
  #client: Client | null = null
  #presented = false
  #lastHeard: number
  #waiting: Step[] = []
  #busy = false
  #over = false

  constructor(connection: Connection, tools: SessionTools) {
    this.#connection = connection
    this.#tools = tools
    this.#lastHeard = tools.clock.monotonic()
    connection.send(helloFrame(tools.options.heartbeatInterval))
    connection.wakeIn(tools.options.identifyTimeout)
  }

  receive(data: Buffer, binary: boolean): void {
    if (this.#over) return
    if (this.#client !== null) {
      this.#lastHeard = this.#tools.clock.monotonic()
      if (!binary && data.equals(heartbeat)) return this.#connection.send(heartbeatFrame)
    }
    const command = binary ? null : decode(data, this.#tools.limits.jsonDepth)
    if (!this.#presented) this.#first(command)
    else if (command === null)
      this.#say(malformed('A frame is a text frame with a JSON object whose "f" is an integer.'))
    else this.#take(command)
  }

  wake(): void {
    if (this.#over) return
    const { heartbeatInterval, grace } = this.#tools.options
    if (this.#client === null)
      return this.#fail(timedOut('You did not present yourself in time (function code 110).'), 'unauthorized')
    const silence = this.#tools.clock.monotonic() - this.#lastHeard
    const allowed = heartbeatInterval + grace
    if (silence >= allowed)
      this.#fail(timedOut(`No heartbeat for ${silence} ms; send {"f":120} every ${heartbeatInterval} ms.`))
    else this.#connection.wakeIn(allowed - silence)
  }

  refuse(problem: Problem, fatal: boolean): void {
    if (problem.code === 'going_down') this.#connection.send(executeFrame('GATEWAY_DOWN', '{}', null))
    if (fatal) this.#fail(fatalErrorOf(problem))
    else this.#tell(problem)
  }

  closed(): void {
    this.#over = true
    this.#depart()
  }

  #depart(): void {
    this.#tools.directory.remove(this.#connection)
    this.#client?.depart()
    this.#client = null
  }

  #first(command: Command | null): void {
    if (command === null || command.f !== 110) return this.#say(notIdentified)
    this.#presented = true
    this.#later(() => this.#present(command))
  }

  async #present({ cnf }: Command): Promise<void> {
    const { token, session_id: sessionId, s } = cnf
    const { core, options, sessions, directory } = this.#tools
    try {
      if (typeof token !== 'string') throw new Problem('token_invalid', '"cnf.token" must be a token.')
      const user = await core.accounts.user(token)
      if (this.#over) return
      this.#connection.identify(user.userId, user.expiresAt)
      this.#lastHeard = this.#tools.clock.monotonic()
      this.#client = new Client(user, this.#connection, {
        core,
        options,
        sessions,
        later: (run) => this.#later(run),
        fail: (error) => this.#fail(error),
      })
      this.#connection.wakeIn(options.heartbeatInterval + options.grace)
      directory.add(this.#connection, user)
    } catch (error) {
      const problem = asProblem(error)
      return this.#fail(fatalErrorOf(problem), problem.code)
    }
    const client = this.#client
    try {
      if (isSessionId(sessionId) && isSequence(s)) await client.resume(sessionId, s)
      else await client.begin()
    } catch (error) {
      if (client.greeted) throw error
      // Without 140 there is nothing to go on with, and nobody presents themselves twice: it has to connect again.
      this.#fail(errorOf(asProblem(error)))
    }
  }

  #take(command: Command): void {
    if (command.f === 120) return this.#connection.send(heartbeatFrame)
    if (command.f === 110) return this.#say(malformed('You have presented yourself already.'))
    if (command.f !== 130)
      return this.#say(malformed(`A client sends 110, 120 and 130; ${command.f} is not one of them.`))
    if (this.#waiting.length >= this.#tools.limits.waitingRequests)
      return this.#tell(new Problem('rate_limited', 'Too many requests wait.', 1))
    this.#later(() => this.#execute(command), command.s)
  }

  #later(run: () => Promise<void>, s?: number): void {
    this.#waiting.push({ run, s })
    if (!this.#busy) void this.#work()
  }

  /** Does what waits, one after another. */
  async #work(): Promise<void> {
    this.#busy = true
    for (let step = this.#waiting.shift(); step !== undefined && !this.#over; step = this.#waiting.shift()) {
      await this.#attempt(step)
    }
    this.#busy = false
  }

  async #execute(command: Command): Promise<void> {
    if (this.#client !== null) await execute(this.#tools.core, this.#client, command, this.#tools.limits)
  }

  async #attempt({ run, s }: Step): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (!(error instanceof Problem)) this.#tools.log.error({ err: error }, 'a comms request failed')
      this.#tell(asProblem(error), s)
    }
  }

  #tell(problem: Problem, s?: number): void {
    const error = errorOf(problem, s)
    if (error.d) this.#fail(error, problem.code)
    else this.#say(error)
  }

  #say(error: CommsError): void {
    if (!this.#over) this.#connection.send(errorFrame(error))
  }

  #fail(error: CommsError, because?: ProblemCode): void {
    if (this.#over) return
    this.#connection.send(errorFrame({ ...error, d: true }))
    this.#over = true
    this.#connection.close(closeCodeOf(error), error.m, because)
    // Who has vanished never answers the close, and would be shown to the others until the transport gives up.
    this.#depart()
  }
}

function isSessionId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
