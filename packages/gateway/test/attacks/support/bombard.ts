import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { WebSocket } from 'ws'
import type { PartialConfig } from '../../../src/app/config/schema.ts'
import { socketUrl } from '../../harness.ts'
import { type HostileFrame, hostileFrames, type Vocabulary } from './hostile.ts'
import { times } from './scale.ts'
import type { Victim } from './victim.ts'

/** How one protocol is got to listen, and how it may end a connection that sends rubbish. */
export interface Target extends Vocabulary {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Said first on every second connection, so that half of the frames come before anybody is known. */
  readonly introduction?: string
  /** How an error begins that does not end the connection; null where every error ends it. */
  readonly refusal: RegExp | null
  readonly closings: readonly number[]
}

/** No rate stands in the way of what is sent. */
export const unhurried: PartialConfig = {
  limits: { framesPerSecond: 1e6, frameBurst: 1e6 },
  rooms: { messagesPerSecond: 0, joinsPerSecond: 0 },
}

/**
 * Sends generated frames through real sockets, one connection after another as they are closed, and waits after each until the gateway
 * has read it. Whatever comes back is JSON and no mistake of ours, what is no JSON is refused, every closing is one of the protocol's;
 * who is connected meanwhile notices nothing.
 */
export async function bombard(t: TestContext, victim: Victim, target: Target): Promise<void> {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  const count = times(200, 10_000)
  t.diagnostic(`${count} frames, SEED=${seed}`)
  const frames = fc.sample(hostileFrames(target), { seed, numRuns: count })
  let connections = 0
  const attack = async () => {
    let line: Line | null = null
    for (const frame of frames) {
      if (line === null || line.over) {
        connections += 1
        line = await Line.open(victim, target, connections % 2 === 0)
      }
      await line.send(frame)
    }
    line?.end()
  }
  const witness = new WebSocket(socketUrl(victim.gateway, '/witnessed/listen'))
  await once(witness, 'message')
  await victim.withstands(attack, { lines: () => connections })
  t.diagnostic(
    `${connections} connections; the next client was served in ${victim.waited} ms; ${victim.left} kB are left`,
  )
  assert.equal(witness.readyState, WebSocket.OPEN, 'the others go on')
  witness.terminate()
}

/** One connection of the attacker's. */
class Line {
  over = false
  readonly #socket: WebSocket
  readonly #target: Target
  #last: HostileFrame = ''
  #wrong: Error | null = null
  /** Whether the ping after the frame has been answered, and the frame refused or good enough not to be. */
  #answered = false
  #refused = false
  #settle = (): void => {}

  static async open(victim: Victim, target: Target, introduced: boolean): Promise<Line> {
    const url = socketUrl(victim.gateway, target.path, target.query)
    const line = new Line(
      new WebSocket(url, { headers: { ...target.headers }, perMessageDeflate: false }),
      target,
    )
    await once(line.#socket, 'open')
    if (introduced && target.introduction !== undefined) await line.send(target.introduction)
    return line
  }

  private constructor(socket: WebSocket, target: Target) {
    this.#socket = socket
    this.#target = target
    socket.on('message', (data, binary) => this.#heard(String(data), binary))
    socket.on('pong', () => {
      this.#answered = true
      this.#look()
    })
    socket.on('close', (code) => this.#closed(code))
    socket.on('error', (error) => this.#fail(`the socket failed: ${error.message}`))
  }

  /** Resolves when the gateway has read the frame, and refused it if it is no JSON, or has closed. */
  async send(frame: HostileFrame): Promise<void> {
    this.#last = frame
    this.#answered = false
    this.#refused = isJson(frame)
    this.#socket.send(frame)
    this.#socket.ping()
    await new Promise<void>((resolve) => {
      this.#settle = resolve
      this.#look()
    })
    if (this.#wrong !== null) throw this.#wrong
  }

  end(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.terminate()
  }

  #look(): void {
    if (this.over || this.#wrong !== null || (this.#answered && this.#refused)) this.#settle()
  }

  #heard(text: string, binary: boolean): void {
    if (binary) return
    try {
      JSON.parse(text)
    } catch {
      this.#fail(`what came back is no JSON: ${text.slice(0, 200)}`)
    }
    if (/"code":"internal"|"INTERNAL"|"c":99\b/.test(text))
      this.#fail(`a mistake of ours: ${text.slice(0, 200)}`)
    if (this.#target.refusal?.test(text)) this.#refused = true
    this.#look()
  }

  #closed(code: number): void {
    this.over = true
    if (!this.#target.closings.includes(code)) this.#fail(`closed with ${code}`)
    this.#look()
  }

  #fail(says: string): void {
    const sent = Buffer.isBuffer(this.#last) ? this.#last.toString('hex') : this.#last
    this.#wrong ??= new Error(`${says}; sent: ${sent.slice(0, 500)}`)
  }
}

function isJson(frame: HostileFrame): boolean {
  if (Buffer.isBuffer(frame)) return false
  try {
    JSON.parse(frame)
    return true
  } catch {
    return false
  }
}
