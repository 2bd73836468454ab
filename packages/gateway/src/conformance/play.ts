import { setTimeout as pause } from 'node:timers/promises'
import { deflateSync } from 'node:zlib'
import { openEventStream } from './event-stream.ts'
import { type Captures, fits, mismatch } from './match.ts'
import { NotApplicable, StepFailed } from './outcome.ts'
import { type Pattern, show } from './pattern.ts'
import { type Ending, HandshakeRefused, isEnding, type Peer, type Received } from './peer.ts'
import { fill } from './placeholders.ts'
import type {
  Answered,
  Clockwork,
  Close,
  Closed,
  Connect,
  Expect,
  Reply,
  Request,
  Send,
  Step,
  Suite,
} from './scenario.ts'
import type { ServerUnderTest, Waiting, Witness } from './server.ts'
import { openSocket } from './socket.ts'
import type { Stage } from './stage.ts'

export interface PlayOptions {
  readonly server: ServerUnderTest
  readonly suite: Pick<Suite, 'ignores' | 'answers' | 'farewells'>
  readonly stage: Stage
  readonly waiting: Waiting
  readonly witness: Witness
}

interface Connected {
  readonly peer: Peer
  readonly bare: boolean
}

interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** One run of a scenario's steps. Every step throws `StepFailed` or `NotApplicable`. */
export class Play {
  readonly #options: PlayOptions
  readonly #connected = new Map<string, Connected>()
  readonly #requests = new Map<string, Promise<HttpAnswer>>()

  constructor(options: PlayOptions) {
    this.#options = options
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'connect':
        return this.#connect(step)
      case 'send':
        return this.#send(step)
      case 'expect':
        return this.#expect(step)
      case 'closed':
        return this.#closed(step)
      case 'close':
        return this.#close(step)
      case 'request':
        return this.#request(step)
      case 'reply':
        return this.#reply(step)
    }
  }

  /** Closes what is open. Throws when something had come that no step has asked for. */
  async finish(): Promise<void> {
    const { timeout } = this.#options.waiting
    const left: string[] = []
    const all = [...this.#connected]
    this.#connected.clear()
    for (const [, { peer }] of all) peer.close()
    await Promise.all(
      all.map(async ([name, { peer, bare }]) => {
        const unasked = await lastFrames(peer, timeout)
        peer.terminate()
        for (const frame of unasked) {
          this.#options.witness(name, 'got', frame.text)
          if (!this.#isBeside(frame, bare)) left.push(`${name} got ${frame.text}, which nobody expected`)
        }
      }),
    )
    if (left[0] !== undefined) throw new StepFailed(left[0])
  }

  /** Ends everything at once. */
  abandon(): void {
    for (const { peer } of this.#connected.values()) peer.terminate()
    for (const request of this.#requests.values()) request.catch(() => {})
    this.#connected.clear()
  }

  async #connect(step: Connect): Promise<void> {
    const { path, query, headers = {}, subprotocols = [], stream = false, chosen, refused } = this.#fill(step)
    const url = this.#url(path, query)
    let opened: { peer: Peer; chosen: string }
    try {
      opened = stream
        ? await openEventStream(url, headers)
        : await openSocket(url, {
            headers,
            subprotocols,
            timeout: this.#options.waiting.timeout,
            hear: step.bare || step.silent ? () => {} : (frame, peer) => this.#answer(frame, peer),
          })
    } catch (error) {
      if (!(error instanceof HandshakeRefused)) throw new StepFailed(`no connection: ${reasonOf(error)}`)
      if (refused === undefined) throw new StepFailed(error.message)
      this.#options.witness(step.as, 'got', `${error.status} ${error.text}`)
      return this.#compare(
        { status: refused.status, ...(refused.reply !== undefined && { json: refused.reply }) },
        error,
      )
    }
    this.#connected.set(step.as, { peer: opened.peer, bare: step.bare ?? false })
    if (refused !== undefined) throw new StepFailed(`expected ${refused.status}, but the connection was made`)
    if (chosen !== undefined && opened.chosen !== chosen) {
      throw new StepFailed(`expected the subprotocol ${chosen}, got ${JSON.stringify(opened.chosen)}`)
    }
  }

  #send(step: Send): void {
    const { frame, text, binary, zipped } = this.#fill(step)
    const said = text ?? JSON.stringify(frame)
    this.#options.witness(step.from, 'sent', said)
    const bytes = zipped ? deflateSync(said) : binary ? Buffer.from(said) : said
    this.#of(step.from).peer.send(bytes)
  }

  async #expect(step: Expect): Promise<void> {
    const { frames, zipped = false, clock } = this.#fill(step)
    const missing = [...frames]
    while (missing.length > 0) {
      const found = await this.#next(step.by, clock, show(missing[0]!), missing)
      if (isEnding(found)) {
        throw new StepFailed(`expected ${show(missing[0]!)}, but the connection was closed: ${textOf(found)}`)
      }
      if (found.zipped !== zipped) {
        throw new StepFailed(`expected ${zipped ? 'a compressed' : 'a text'} frame, got ${found.text}`)
      }
      const captures: Captures = new Map()
      const value = jsonIn(found.text)
      const fitting = missing.find((pattern) => fits(pattern, value)) ?? missing[0]!
      const wrong = mismatch(fitting, value, captures)
      if (wrong !== null)
        throw new StepFailed(`${wrong}\nexpected ${missing.map(show).join(' or ')}\ngot      ${found.text}`)
      missing.splice(missing.indexOf(fitting), 1)
      this.#options.stage.capture(captures)
    }
  }

  async #closed(step: Closed): Promise<void> {
    const { code, clock } = this.#fill(step)
    const wanted = `the connection to be closed with ${show(code)}`
    const found = await this.#next(step.by, clock, wanted, [])
    this.#connected.delete(step.by)
    if (!isEnding(found)) throw new StepFailed(`expected ${wanted}, got ${found.text}`)
    const wrong = mismatch(code, found.code, new Map())
    if (wrong !== null) throw new StepFailed(`expected ${wanted}, it was ${textOf(found)}`)
  }

  async #close({ by, abruptly = false }: Close): Promise<void> {
    const { peer } = this.#of(by)
    this.#connected.delete(by)
    if (abruptly) peer.terminate()
    else peer.close()
    for (;;) {
      const found = await peer.next(this.#options.waiting.timeout)
      if (found === null) return peer.terminate()
      if (isEnding(found)) return
    }
  }

  async #request(step: Request): Promise<void> {
    const { reply, eventually = false } = step
    if (reply === undefined) {
      const going = this.#ask(step)
      going.catch(() => {})
      this.#requests.set(step.as ?? '', going)
      return
    }
    const deadline = performance.now() + this.#options.waiting.timeout
    for (;;) {
      try {
        return this.#compare(this.#fill(reply), await this.#ask(step))
      } catch (error) {
        if (!eventually || performance.now() > deadline) throw error
        await pause(20)
      }
    }
  }

  async #reply({ to, reply, clock }: Reply): Promise<void> {
    const going = this.#requests.get(to)
    if (going === undefined) throw new StepFailed(`no request is called ${to}`)
    const { ms, isKnown } = this.#limit(clock)
    const answer = await within(ms, going)
    if (answer !== null) return this.#compare(this.#fill(reply), answer)
    if (clock !== undefined && !isKnown) throw new NotApplicable(`no reply came within ${ms} ms`)
    throw new StepFailed(`expected a reply with ${reply.status}, none came within ${ms} ms`)
  }

  async #ask(step: Request): Promise<HttpAnswer> {
    const { method, path, query, headers = {}, json, text } = this.#fill(step)
    const body = json === undefined ? text : JSON.stringify(json)
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    this.#options.witness('http', 'sent', `${method} ${path}${body === undefined ? '' : ` ${body}`}`)
    const response = await fetch(this.#url(path, query), {
      method,
      redirect: 'manual',
      headers: { ...type, ...headers },
      ...(body !== undefined && { body }),
    }).catch((error: unknown) => {
      throw new StepFailed(`no reply: ${reasonOf(error)}`)
    })
    const answer = { status: response.status, text: await response.text() }
    this.#options.witness('http', 'got', `${answer.status} ${answer.text}`)
    return answer
  }

  #compare({ status, json }: Answered, answer: HttpAnswer): void {
    if (answer.status !== status) {
      throw new StepFailed(`expected the status ${status}, got ${answer.status} ${answer.text}`)
    }
    if (json === undefined) return
    const captures: Captures = new Map()
    const wrong = mismatch(json, jsonIn(answer.text), captures)
    if (wrong !== null) throw new StepFailed(`${wrong}\nexpected ${show(json)}\ngot      ${answer.text}`)
    this.#options.stage.capture(captures)
  }

  /** The next frame that means something to the scenario, or the ending. `wanted` is never passed over. */
  async #next(
    name: string,
    clock: Clockwork | undefined,
    what: string,
    wanted: readonly Pattern[],
  ): Promise<Received | Ending> {
    const { peer, bare } = this.#of(name)
    const { ms, isKnown } = this.#limit(clock)
    const deadline = performance.now() + ms
    for (;;) {
      const found = await peer.next(Math.max(0, deadline - performance.now()))
      if (found === null) {
        if (clock !== undefined && !isKnown)
          throw new NotApplicable(`within ${ms} ms there was no sign of ${what}`)
        throw new StepFailed(`expected ${what}, nothing came within ${Math.round(ms)} ms`)
      }
      this.#options.witness(name, 'got', isEnding(found) ? textOf(found) : found.text)
      if (isEnding(found) || bare || !this.#isIgnored(found, wanted)) return found
    }
  }

  /** As a living client does, whatever the scenario is waiting for. */
  #answer({ text }: Received, peer: Peer): void {
    const value = jsonIn(text)
    const answer = this.#options.suite.answers.find(({ to }) => fits(this.#fill(to), value))
    if (answer !== undefined) peer.send(JSON.stringify(answer.frame))
  }

  #isIgnored({ text }: Received, wanted: readonly Pattern[]): boolean {
    const value = jsonIn(text)
    if (wanted.some((pattern) => fits(pattern, value))) return false
    return this.#options.suite.ignores.some((pattern) => fits(this.#fill(pattern), value))
  }

  /** Whether a frame that nobody expected may come all the same. */
  #isBeside({ text }: Received, bare: boolean): boolean {
    const { ignores, farewells } = this.#options.suite
    const value = jsonIn(text)
    return [...farewells, ...(bare ? [] : ignores)].some((pattern) => fits(this.#fill(pattern), value))
  }

  #limit(clock: Clockwork | undefined): { ms: number; isKnown: boolean } {
    const { timeout, patience } = this.#options.waiting
    if (clock === undefined) return { ms: timeout, isKnown: true }
    const takes = Number(this.#fill(clock).takes ?? Number.NaN)
    if (Number.isNaN(takes)) return { ms: patience, isKnown: false }
    if (takes > patience) {
      throw new NotApplicable(
        `the server takes ${takes} ms for this; give --patience ${Math.ceil(takes / 1000) + 1}`,
      )
    }
    return { ms: takes + timeout, isKnown: true }
  }

  #of(name: string): Connected {
    const connected = this.#connected.get(name)
    if (connected === undefined) throw new StepFailed(`${name} is not connected`)
    return connected
  }

  #url(path: string, query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(`${this.#options.server.url}${path}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return url
  }

  #fill<Data>(data: Data): Data {
    return fill(data, this.#options.stage.lookup)
  }
}

/** What comes until the connection has closed. */
async function lastFrames(peer: Peer, ms: number): Promise<Received[]> {
  const frames = peer.takeAll()
  for (;;) {
    const found = await peer.next(ms)
    if (found === null || isEnding(found)) return frames
    frames.push(found)
  }
}

async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value | null> {
  const over = new AbortController()
  const timer = pause(ms, null, { signal: over.signal }).catch(() => null)
  try {
    return await Promise.race([promise, timer])
  } finally {
    over.abort()
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf({ code, reason }: Ending): string {
  return `closed with ${code} "${reason}"`
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
