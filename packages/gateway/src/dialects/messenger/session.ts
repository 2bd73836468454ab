import { createHash } from 'node:crypto'
import { asProblem, Problem, type ProblemCode } from '../../model/problem.ts'
import type { Connection, ConnectionHandler } from '../../ports/connection.ts'
import type { Core, User } from '../../ports/core.ts'
import type { DialectTools } from '../../ports/dialect.ts'
import { BadFrames } from './bad-frames.ts'
import type { Caller } from './caller.ts'
import { decode } from './decode.ts'
import { closeCodeOf, closeCodes, errorOf } from './errors.ts'
import { errorFrame, pongFrame, responseFrame } from './frames.ts'
import type { MessengerOptions } from './options.ts'
import { checkPayload, isRequestName, type Payload, type RequestName } from './payloads.ts'
import { requests } from './requests.ts'
import { messengerSpeech } from './speech.ts'

/**
 * One client. Its requests are done one after the other, so that their effects come in the order they were sent; each is answered
 * once.
 */
export class Session implements ConnectionHandler {
  readonly #connection: Connection
  readonly #tools: DialectTools
  readonly #options: MessengerOptions
  readonly #caller: Caller
  readonly #badFrames = new BadFrames()
  readonly #waiting: (() => Promise<void>)[] = []
  #busy = false
  /** Whether there was a sign of life since the last ping; null while none is out. */
  #sign: boolean | null = null

  constructor(
    connection: Connection,
    user: User,
    core: Core,
    options: MessengerOptions,
    tools: DialectTools,
  ) {
    this.#connection = connection
    this.#tools = tools
    this.#options = options
    const reader = core.mail.reader(user.userId, connection, messengerSpeech)
    this.#caller = { user, core, options, limits: tools.limits, reader, connectionId: connection.id }
    connection.identify(user.userId, user.expiresAt)
    connection.wakeIn(options.pingInterval)
  }

  receive(data: Buffer, binary: boolean): void {
    this.alive()
    if (binary) return this.#close(closeCodes.binary, 'Frames are JSON text.', 'invalid_request')
    const incoming = decode(data, this.#tools.limits.jsonDepth)
    switch (incoming.kind) {
      case 'ping':
        return this.#connection.send(pongFrame(this.#now()))
      case 'bad':
        return this.#bad(incoming.id, incoming.problem)
      case 'event':
        return this.#event(incoming.name, incoming.payload)
      case 'request':
        return this.#request(incoming.id, incoming.name, incoming.payload)
    }
  }

  alive(): void {
    if (this.#sign !== null) this.#sign = true
  }

  /** A ping is due, or the time for a sign of life after one is over. */
  wake(): void {
    const { pingInterval, pongTimeout } = this.#options
    if (this.#sign === false) return this.#close(closeCodes.silent, 'No sign of life.')
    if (this.#sign === true) {
      this.#sign = null
      return this.#connection.wakeIn(Math.max(0, pingInterval - pongTimeout))
    }
    this.#sign = false
    this.#connection.ping()
    this.#connection.wakeIn(pongTimeout)
  }

  refuse(problem: Problem, fatal: boolean, dropped?: Buffer): void {
    const { code } = problem
    const isAnswerable = code !== 'going_down' && code !== 'slow_consumer'
    const id = dropped === undefined ? null : idOf(dropped, this.#tools.limits.jsonDepth)
    if (isAnswerable) this.#fail(id, problem)
    if (fatal) this.#close(closeCodeOf(code), problem.message)
  }

  closed(): void {
    this.#waiting.length = 0
    this.#caller.reader.leave()
  }

  #request(id: string, name: string, payload: unknown): void {
    if (!isRequestName(name)) {
      return this.#bad(id, new Problem('unknown_request', `There is no request ${shown(name)}.`))
    }
    const checked = this.#checked(id, name, payload)
    if (checked === null) return
    if (this.#waiting.length >= this.#tools.limits.waitingRequests) {
      return this.#fail(id, new Problem('rate_limited', 'Too many requests wait already.', 1))
    }
    const key = keyOf(id, name, payload)
    this.#enqueue(async () => {
      try {
        this.#caller.reader.back()
        if (name === 'subscribe') await this.#subscribe(id, checked)
        else this.#respond(id, (await requests[name](this.#caller, checked as never, key)) ?? undefined)
      } catch (error) {
        const problem = this.#asProblem(error)
        if (problem.code === 'invalid_payload') this.#bad(id, problem)
        else this.#fail(id, problem)
      }
    })
  }

  /** Null when the payload does not fit, which has then been said. */
  #checked(id: string | null, name: RequestName, payload: unknown): object | null {
    try {
      return checkPayload(name, payload)
    } catch (error) {
      this.#bad(id, this.#asProblem(error))
      return null
    }
  }

  async #subscribe(id: string, { lastEventId, epoch: told }: Payload<'subscribe'>): Promise<void> {
    await this.#caller.reader.subscribe(lastEventId ?? null, told, ({ head, epoch, oldest }) => {
      if (oldest === null) return this.#respond(id, JSON.stringify({ lastEventId: head, epoch }))
      const gap = errorOf(
        new Problem('gap', 'Events after that one are no longer all there; read the chats anew.'),
      )
      this.#send(errorFrame(this.#now(), id, { ...gap, lastEventId: head, oldestEventId: oldest, epoch }))
    })
  }

  /** What a client tells without asking for an answer: what cannot be told is not. */
  #event(name: string, payload: unknown): void {
    const { reader } = this.#caller
    if (name === 'offline') return this.#enqueue(async () => reader.away())
    if (name !== 'typing') {
      return this.#bad(null, new Problem('unknown_request', `There is no event ${shown(name)}.`))
    }
    const checked = this.#checked(null, 'typing', payload)
    if (checked === null) return
    this.#enqueue(async () => {
      try {
        await requests.typing(this.#caller, checked as never, '')
      } catch (error) {
        this.#asProblem(error)
      }
    })
  }

  #enqueue(work: () => Promise<void>): void {
    this.#waiting.push(work)
    if (!this.#busy) void this.#workThrough()
  }

  async #workThrough(): Promise<void> {
    this.#busy = true
    for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) await work()
    this.#busy = false
  }

  #bad(id: string | null, problem: Problem): void {
    this.#fail(id, problem)
    if (this.#badFrames.count(this.#tools.clock.monotonic())) {
      const says = 'Too many frames that are not of this protocol.'
      this.#close(closeCodes.badFrames, says, 'invalid_request')
    }
  }

  /**
   * What waits is not done any more: who is banned has no right to it. Leaves at once: who has vanished never answers the close, and would
   * be shown as online until the transport gives up.
   */
  #close(code: number, reason: string, because?: ProblemCode): void {
    this.#connection.close(code, reason, because)
    this.closed()
  }

  #asProblem(error: unknown): Problem {
    if (!(error instanceof Problem)) this.#tools.log.error({ err: error }, 'a messenger request failed')
    return asProblem(error)
  }

  #fail(id: string | null, problem: Problem): void {
    this.#send(errorFrame(this.#now(), id, errorOf(problem)))
  }

  #respond(id: string, payload: string | undefined): void {
    this.#send(responseFrame(this.#now(), id, payload))
  }

  #send(frame: string): void {
    this.#connection.send(frame)
  }

  #now(): number {
    return this.#tools.clock.now()
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 40))
}

function idOf(data: Buffer, jsonDepth: number): string | null {
  const incoming = decode(data, jsonDepth)
  return incoming.kind === 'request' || incoming.kind === 'bad' ? incoming.id : null
}

/**
 * A request is repeated when its id, its name and its payload are the same. The id alone is not enough: two devices of one user
 * both count their requests from 1.
 */
function keyOf(id: string, name: RequestName, payload: unknown): string {
  const what = createHash('sha256')
    .update(`${name}\n${JSON.stringify(payload)}`)
    .digest('base64url')
  return `messenger:${id}:${what.slice(0, 22)}`
}
