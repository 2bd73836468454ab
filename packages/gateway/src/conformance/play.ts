import { deflateSync } from 'node:zlib'
import { type Captures, fits, mismatch } from './match.ts'
import type { Opened } from './network.ts'
import { NotApplicable, StepFailed } from './outcome.ts'
import { type Pattern, show } from './pattern.ts'
import { type Ending, HandshakeRefused, isEnding, Peer, type Received } from './peer.ts'
import { fill } from './placeholders.ts'
import { addressOf, Requests } from './requests.ts'
import type { Clockwork, Close, Closed, Connect, Expect, Send, Step, Suite } from './scenario.ts'
import type { ServerUnderTest, Waiting, Witness } from './server.ts'
import type { Stage } from './stage.ts'
import { jsonIn, reasonOf } from './text.ts'
import { limitOf } from './waiting.ts'
import type { World } from './world.ts'

export interface PlayOptions {
  readonly server: ServerUnderTest
  readonly suite: Pick<Suite, 'ignores' | 'answers' | 'farewells'>
  readonly stage: Stage
  readonly waiting: Waiting
  readonly witness: Witness
  readonly world: World
}

interface Connected {
  readonly peer: Peer
  readonly bare: boolean
}

/** One run of a scenario's steps. Every step throws `StepFailed` or `NotApplicable`. */
export class Play {
  readonly #options: PlayOptions
  readonly #connected = new Map<string, Connected>()
  readonly #requests: Requests

  constructor(options: PlayOptions) {
    this.#options = options
    this.#requests = new Requests(options)
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
        return this.#requests.request(step)
      case 'reply':
        return this.#requests.reply(step)
      case 'stop':
        return this.#options.server.stop?.()
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
    this.#connected.clear()
  }

  async #connect(step: Connect): Promise<void> {
    const { path, query, headers = {}, subprotocols = [], stream = false, chosen, refused } = this.#fill(step)
    const url = addressOf(this.#options.server, path, query)
    const { network, time } = this.#options.world
    const { bare = false, silent = false } = step
    const peer = new Peer(time, bare || silent ? () => {} : (frame) => this.#answer(frame, peer))
    let opened: Opened
    try {
      opened = stream
        ? await network.stream(url, headers, peer)
        : await network.socket(
            url,
            { headers, subprotocols, timeout: this.#options.waiting.timeout, deaf: silent },
            peer,
          )
    } catch (error) {
      if (!(error instanceof HandshakeRefused)) throw new StepFailed(`no connection: ${reasonOf(error)}`)
      if (refused === undefined) throw new StepFailed(error.message)
      this.#options.witness(step.as, 'got', `${error.status} ${error.text}`)
      const { status, reply } = refused
      return this.#requests.check({ status, ...(reply !== undefined && { json: reply }) }, error)
    }
    this.#connected.set(step.as, { peer, bare })
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
    const { frames, amid, zipped = false, clock } = this.#fill(step)
    const missing = [...frames]
    while (missing.length > 0) {
      const found = await this.#next(step.by, clock, show(missing[0]!), missing)
      if (isEnding(found)) {
        throw new StepFailed(`expected ${show(missing[0]!)}, but the connection was closed: ${textOf(found)}`)
      }
      if (found.zipped !== zipped) {
        throw new StepFailed(`expected ${zipped ? 'a compressed' : 'a text'} frame, got ${found.text}`)
      }
      const value = jsonIn(found.text)
      if (amid !== undefined && fits(amid, value)) continue
      const captures: Captures = new Map()
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

  /** The next frame that means something to the scenario, or the ending. `wanted` is never passed over. */
  async #next(
    name: string,
    clock: Clockwork | undefined,
    what: string,
    wanted: readonly Pattern[],
  ): Promise<Received | Ending> {
    const { peer, bare } = this.#of(name)
    const { ms, isKnown } = limitOf(clock, this.#options.waiting)
    const { time } = this.#options.world
    const deadline = time.now() + ms
    for (;;) {
      const found = await peer.next(Math.max(0, deadline - time.now()))
      if (found === null) {
        if (!isKnown) throw new NotApplicable(`within ${ms} ms there was no sign of ${what}`)
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

  #of(name: string): Connected {
    const connected = this.#connected.get(name)
    if (connected === undefined) throw new StepFailed(`${name} is not connected`)
    return connected
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

function textOf({ code, reason }: Ending): string {
  return `closed with ${code} "${reason}"`
}
