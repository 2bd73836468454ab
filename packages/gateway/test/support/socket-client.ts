import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { type ClientOptions, WebSocket } from 'ws'

export interface Closing {
  readonly code: number
  readonly reason: string
}

/** A handshake that was answered with something other than 101. */
export class Refused extends Error {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string

  constructor(response: IncomingMessage, text: string) {
    super(`refused with ${response.statusCode}: ${text}`)
    this.status = response.statusCode ?? 0
    this.headers = response.headers
    this.text = text
  }

  get body(): unknown {
    return JSON.parse(this.text)
  }
}

interface Waiter {
  readonly take: (text: string) => void
  readonly fail: (error: Error) => void
}

/**
 * A WebSocket client for tests: frames are taken one by one in the order they came, so that nothing has to be waited for by
 * the clock. That something does not come is shown by what comes next instead.
 */
export class SocketClient {
  readonly socket: WebSocket
  /** Resolves when the connection has closed, by whomever. */
  readonly closed: Promise<Closing>
  readonly #frames: string[] = []
  readonly #waiters: Waiter[] = []
  #closing: Closing | null = null

  /** Resolves when the connection is open; rejects with `Refused` when the handshake is. */
  static async open(url: string | URL, options: ClientOptions = {}): Promise<SocketClient> {
    const client = new SocketClient(new WebSocket(url, { perMessageDeflate: false, ...options }))
    await client.#opened()
    return client
  }

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.#came(data.toString()))
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#closing = { code, reason: reason.toString() }
        for (const waiter of this.#waiters.splice(0)) waiter.fail(this.#closedError())
        resolve(this.#closing)
      })
    })
  }

  /** The next frame as it came. Rejects when the connection closes, or has closed, without one. */
  nextText(): Promise<string> {
    const frame = this.#frames.shift()
    if (frame !== undefined) return Promise.resolve(frame)
    if (this.#closing !== null) return Promise.reject(this.#closedError())
    return new Promise((take, fail) => this.#waiters.push({ take, fail }))
  }

  /** The next frame as JSON. */
  async next<Frame = unknown>(): Promise<Frame> {
    return JSON.parse(await this.nextText()) as Frame
  }

  /** The next frame must be exactly this. */
  async expect(frame: unknown): Promise<void> {
    assert.deepEqual(await this.next(), frame)
  }

  /** The first frame from here on that fits; those before it are dropped. */
  async until<Frame>(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const frame = await this.next<Frame>()
      if (fits(frame)) return frame
    }
  }

  /** How many frames have come that nobody has taken. */
  get pending(): number {
    return this.#frames.length
  }

  /** Text and bytes as they are, everything else as JSON. */
  send(frame: unknown): void {
    const plain = typeof frame === 'string' || Buffer.isBuffer(frame)
    this.socket.send(plain ? frame : JSON.stringify(frame))
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

  #came(text: string): void {
    const waiter = this.#waiters.shift()
    if (waiter === undefined) this.#frames.push(text)
    else waiter.take(text)
  }

  #closedError(): Error {
    const { code, reason } = this.#closing!
    return new Error(`the connection closed with ${code} "${reason}" before another frame came`)
  }

  #opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.on('open', resolve)
      this.socket.on('error', reject)
      this.socket.on('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        // Not `end`, which does not come when the gateway breaks off in the midst of it.
        response.on('close', () => {
          reject(new Refused(response, Buffer.concat(chunks).toString()))
          this.socket.terminate()
        })
      })
    })
  }
}
