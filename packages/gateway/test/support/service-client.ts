import assert from 'node:assert/strict'
import { inflateSync } from 'node:zlib'
import { WebSocket } from 'ws'
import type { Closing } from './socket-client.ts'

/** A frame as it came: its text, and whether it was a compressed one. */
export interface ServiceFrame {
  readonly text: string
  readonly compressed: boolean
}

const heartbeat = { op: 1, d: { heapUsed: 1, guilds: 1 } }

interface Waiter {
  take(frame: ServiceFrame): void
  fail(error: Error): void
}

/** A client of the protocol `services`, by hand: frames are taken one by one, in the order they came. */
export class ServiceClient {
  readonly socket: WebSocket
  /** Resolves when the connection has closed, by whomever. */
  readonly closed: Promise<Closing>
  readonly #frames: ServiceFrame[] = []
  readonly #waiters: Waiter[] = []
  #closing: Closing | null = null

  /** Resolves when the connection is open and has said hello, which must be these exact bytes. */
  static async open(url: string | URL, heartbeatInterval = 30_000): Promise<ServiceClient> {
    const client = new ServiceClient(url)
    assert.deepEqual(await client.next(), {
      text: `{"op":3,"d":{"heartbeatInterval":${heartbeatInterval}}}`,
      compressed: false,
    })
    return client
  }

  private constructor(url: string | URL) {
    this.socket = new WebSocket(url, { perMessageDeflate: false })
    this.socket.on('message', (data: Buffer, binary) => {
      const text = (binary ? inflateSync(data) : data).toString()
      const frame = { text, compressed: binary }
      const waiter = this.#waiters.shift()
      if (waiter === undefined) this.#frames.push(frame)
      else waiter.take(frame)
    })
    this.closed = new Promise((resolve, reject) => {
      this.socket.on('error', reject)
      this.socket.on('close', (code, reason) => {
        this.#closing = { code, reason: reason.toString() }
        for (const waiter of this.#waiters.splice(0)) waiter.fail(this.#closedError())
        resolve(this.#closing)
      })
    })
  }

  /** Rejects when the connection closes, or has closed, without one. */
  next(): Promise<ServiceFrame> {
    const frame = this.#frames.shift()
    if (frame !== undefined) return Promise.resolve(frame)
    if (this.#closing !== null) return Promise.reject(this.#closedError())
    return new Promise((take, fail) => this.#waiters.push({ take, fail }))
  }

  async nextText(): Promise<string> {
    return (await this.next()).text
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  async nextJson(): Promise<any> {
    return JSON.parse(await this.nextText())
  }

  /** The next frame must be exactly these bytes. */
  async expect(text: string): Promise<void> {
    assert.equal(await this.nextText(), text)
  }

  /** Text and bytes as they are, everything else as JSON. */
  send(frame: unknown): void {
    const plain = typeof frame === 'string' || Buffer.isBuffer(frame)
    this.socket.send(plain ? frame : JSON.stringify(frame))
  }

  /** Identifies, and answers the data of IDENTIFIED. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  async identify(data: Readonly<Record<string, unknown>>): Promise<any> {
    this.send({ op: 0, d: { compress: false, ...data } })
    const { op, t, d } = await this.nextJson()
    assert.deepEqual([op, t], [2, 'IDENTIFIED'])
    return d
  }

  /** Beats from now on, as long as the connection is there. */
  beatEvery(ms: number): void {
    const beating = setInterval(() => this.send(heartbeat), ms)
    this.socket.on('close', () => clearInterval(beating))
  }

  /** Resolves when everything sent before has been looked at: heartbeats are answered in turn. Nothing else may come meanwhile. */
  async settled(): Promise<void> {
    this.send(heartbeat)
    await this.expect('{"op":4,"d":{}}')
  }

  close(code = 1000): Promise<Closing> {
    this.socket.close(code)
    return this.closed
  }

  /** As when the network breaks: no close frame. */
  terminate(): Promise<Closing> {
    this.socket.terminate()
    return this.closed
  }

  #closedError(): Error {
    const { code, reason } = this.#closing!
    return new Error(`the connection closed with ${code} "${reason}" before another frame came`)
  }
}
