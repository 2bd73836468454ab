import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { WebSocket } from 'ws'
import type { PartialConfig } from '../../../src/app/config/schema.ts'
import { socketUrl } from '../../harness.ts'
import { brokenFrames, type HostileFrame, hostileFrames, type Vocabulary } from './hostile.ts'
import { long, times } from './scale.ts'
import type { Victim } from './victim.ts'

/** How one protocol is got to listen, and how it refuses. */
export interface Target {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly parties: readonly Party[]
  /** An error for a frame that is not of the protocol; null where every such frame ends the connection. */
  readonly refusal: RegExp | null
  readonly closings: readonly number[]
}

/** Clients that stand in one relation to the gateway, and so have the same words. */
export interface Party {
  readonly vocabulary: Vocabulary
  /** Said first, a different one on each connection in turn. */
  readonly introductions?: readonly object[]
  /** Said after each frame: its answer shows that the frame has been dealt with. Where there is none a ping does. */
  readonly marker?: { readonly says: object; readonly answer: RegExp }
  /** Instead: what answers each frame that is not refused. */
  readonly answer?: RegExp
  /** Each of its frames comes over a connection of its own. */
  readonly alone?: true
}

/**
 * No rate stands in the way of what is sent, nothing is kept for who may come back, no event is lost meanwhile, which would be logged, and
 * whoever only listens is not asked for a sign of life.
 */
export const unhurried: PartialConfig = {
  limits: { framesPerSecond: 1e6, frameBurst: 1e6 },
  rooms: { messagesPerSecond: 0, joinsPerSecond: 0 },
  sessions: { resumeWindow: 100 },
  channels: { pingInterval: 600_000 },
  services: { framesPerSecond: 1e6, frameBurst: 1e6, shardGrace: 10, waitTime: 600_000 },
}

/**
 * Sends generated frames through real sockets and waits after each until the gateway has dealt with it. What must be refused is refused in
 * the words of the protocol, and what must be taken is not; whatever comes back is JSON and no mistake of ours, every closing is one
 * of the protocol's and has one line in the log; who is connected meanwhile notices nothing.
 */
export async function bombard(t: TestContext, victim: Victim, target: Target): Promise<void> {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  const count = times(120, 10_000)
  t.diagnostic(`${count} frames, SEED=${seed}`)
  const numRuns = count / target.parties.length
  const parties = target.parties.map((party) => [party, framesFor(party.vocabulary, seed, numRuns)] as const)
  let closed = 0
  const attack = async () => {
    closed = 0
    for (const [party, frames] of parties) closed += await send(victim, target, party, frames)
  }
  const witness = new WebSocket(socketUrl(victim.gateway, '/witnessed/listen'))
  await once(witness, 'message')
  await victim.forgets(attack, { lines: () => closed })
  assert.equal(witness.readyState, WebSocket.OPEN, 'the others go on')
  witness.terminate()
}

/** Each demand of the protocol is broken, at length in every way; the others are generated. */
function framesFor(vocabulary: Vocabulary, seed: number, numRuns: number): HostileFrame[] {
  const broken = brokenFrames(vocabulary).flatMap((ways) => (long ? ways : [ways[seed % ways.length]!]))
  return [...broken, ...fc.sample(hostileFrames(vocabulary), { seed, numRuns })]
}

/** Sends a party's frames; how many connections the gateway has closed. */
async function send(
  victim: Victim,
  target: Target,
  party: Party,
  frames: readonly HostileFrame[],
): Promise<number> {
  let [opened, closed] = [0, 0]
  let line: Line | null = null
  for (const frame of frames) {
    line ??= await Line.open(victim, target, party, opened++)
    await line.send(frame)
    if (!line.over && party.alone !== true) continue
    if (await line.leave()) closed += 1
    line = null
  }
  if (await line?.leave()) closed += 1
  return closed
}

/** One connection of the attacker's. */
class Line {
  over = false
  readonly #socket: WebSocket
  readonly #end: Promise<unknown>
  readonly #target: Target
  readonly #party: Party
  #sent: HostileFrame['data'] = ''
  #wrong: Error | null = null
  #answered = false
  #leaving = false
  /** What the frame was refused with. */
  #refusal: string | null = null
  #settle = (): void => {}

  static async open(victim: Victim, target: Target, party: Party, index: number): Promise<Line> {
    const url = socketUrl(victim.gateway, target.path, target.query)
    const socket = new WebSocket(url, { headers: { ...target.headers }, perMessageDeflate: false })
    const line = new Line(socket, target, party)
    await once(socket, 'open')
    const { introductions = [] } = party
    const introduction = introductions[index % introductions.length]
    if (introduction !== undefined) await line.send({ data: JSON.stringify(introduction), must: 'take' })
    return line
  }

  private constructor(socket: WebSocket, target: Target, party: Party) {
    this.#socket = socket
    this.#target = target
    this.#party = party
    this.#end = once(socket, 'close')
    socket.on('message', (data: Buffer, binary) => this.#heard(String(binary ? inflateSync(data) : data)))
    socket.on('pong', () => {
      this.#answered = true
      this.#look()
    })
    socket.on('close', (code, reason) => this.#closed(code, String(reason)))
    socket.on('error', (error) => this.#fail(`the socket failed: ${error.message}`))
  }

  /** Resolves when the gateway has dealt with the frame as it must. */
  async send({ data, must }: HostileFrame): Promise<void> {
    this.#sent = data
    this.#answered = false
    this.#refusal = null
    this.#socket.send(data)
    const { marker, answer } = this.#party
    if (marker !== undefined) this.#socket.send(JSON.stringify(marker.says))
    else if (answer === undefined) this.#socket.ping()
    await new Promise<void>((resolve) => {
      this.#settle = resolve
      this.#look()
    })
    if (must === 'refuse' && this.#refusal === null) this.#fail('it was not refused')
    if (must === 'take' && this.#refusal !== null) this.#fail(`it was refused: ${this.#refusal}`)
    if (this.#wrong !== null) throw this.#wrong
  }

  /** Closes the connection, unless the gateway has or does so first: whether it did. */
  async leave(): Promise<boolean> {
    this.#leaving = true
    this.#socket.close(1000)
    await this.#end
    if (this.#wrong !== null) throw this.#wrong
    return this.#refusal !== null
  }

  #look(): void {
    const refused = this.#party.answer !== undefined && this.#refusal !== null
    if (this.over || this.#wrong !== null || this.#answered || refused) this.#settle()
  }

  #heard(text: string): void {
    try {
      JSON.parse(text)
    } catch {
      this.#fail(`what came back is no JSON: ${text.slice(0, 200)}`)
    }
    if (/"code":"internal"|"INTERNAL"|"c":99\b/.test(text))
      this.#fail(`a mistake of ours: ${text.slice(0, 200)}`)
    const { marker, answer = marker?.answer } = this.#party
    if (answer?.test(text)) this.#answered = true
    else if (this.#target.refusal?.test(text)) this.#refusal = text
    this.#look()
  }

  #closed(code: number, reason: string): void {
    this.over = true
    this.#refusal = this.#leaving && code === 1000 ? null : `${code} ${reason}`
    if (this.#refusal !== null && !this.#target.closings.includes(code)) this.#fail(`closed with ${code}`)
    this.#look()
  }

  #fail(says: string): void {
    const sent = Buffer.isBuffer(this.#sent) ? this.#sent.toString('hex') : this.#sent
    this.#wrong ??= new Error(`${says}; sent: ${sent.slice(0, 500)}`)
    this.#look()
  }
}
