import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { systemClock } from '../../src/app/clock.ts'
import { systemRandom } from '../../src/app/random.ts'
import type { Problem } from '../../src/model/problem.ts'
import type { Connection, ConnectionHandler } from '../../src/ports/connection.ts'
import type { Admission, Dialect, UpgradeRequest } from '../../src/ports/dialect.ts'
import type { HttpRoute } from '../../src/ports/http.ts'
import { defaultLimits, type TransportLimits } from '../../src/transport/limits.ts'
import { createTransport, type Transport, type TransportOptions } from '../../src/transport/transport.ts'

export interface SceneOptions extends Partial<Omit<TransportOptions, 'limits'>> {
  readonly limits?: Partial<TransportLimits>
  readonly routes?: HttpRoute[]
  /** Replaces methods of the handler of each connection. */
  readonly handler?: (connection: Connection, scene: TransportScene) => Partial<ConnectionHandler>
  /** Replaces the answer to each handshake. */
  readonly upgrade?: (request: UpgradeRequest, admission: Admission) => Promise<Admission> | null
  readonly refuse?: Dialect['refuse']
}

/** What a handler was told. */
export interface Refusal {
  readonly connection: Connection
  readonly problem: Problem
  readonly fatal: boolean
}

/**
 * A transport on a free port with a tiny dialect: it says back what it is sent, says a refusal as `code retryAfter?`, and closes
 * with 4000 when that is fatal.
 */
export class TransportScene {
  readonly transport: Transport
  readonly connections: Connection[] = []
  readonly refusals: Refusal[] = []
  readonly ended: Connection[] = []
  readonly logged: { level: string; fields: Record<string, unknown>; sentence: string }[] = []
  /** With the code in braces, where there is one. */
  readonly counted: string[] = []
  port = 0
  readonly #options: SceneOptions
  readonly #waiting: (() => void)[] = []

  /** Closed when the test, or the file that calls it before its tests, has ended. */
  static async open(
    until: { after(call: () => Promise<void>): void },
    options: SceneOptions = {},
  ): Promise<TransportScene> {
    const scene = new TransportScene(options)
    until.after(() => scene.transport.close())
    const doors = {
      dialects: [scene.#dialect()],
      routes: options.routes ?? [],
      openApi: { title: 'Test', version: '1', description: 'For tests.' },
    }
    const { port } = await scene.transport.listen(doors, '127.0.0.1', 0)
    scene.port = port
    return scene
  }

  private constructor(options: SceneOptions) {
    this.#options = options
    const line = (level: string) => (fields: Record<string, unknown>, sentence: string) => {
      this.logged.push({ level, fields, sentence })
    }
    this.transport = createTransport({
      clock: systemClock,
      random: systemRandom,
      log: { info: line('info'), warn: line('warn'), error: line('error') },
      metrics: {
        count: (name, _by, { code } = {}) =>
          void this.counted.push(code === undefined ? name : `${name}{${code}}`),
        gauge() {},
      },
      allowedOrigins: [],
      trustedHops: 0,
      mode: 'development',
      ...options,
      limits: { ...defaultLimits, ...options.limits },
    })
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/echo`
  }

  get http(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get refusalCodes(): string[] {
    return this.refusals.map(({ problem }) => problem.code)
  }

  /** Resolves when the condition holds; looked at whenever a handler was told something. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #dialect(): Dialect {
    return {
      name: 'echo',
      doors: [],
      routes: [],
      upgrade: (request) => {
        const admission: Admission = { open: (connection) => this.#open(connection) }
        if (this.#options.upgrade !== undefined) return this.#options.upgrade(request, admission)
        return request.segments[0] === 'echo' ? Promise.resolve(admission) : null
      },
      ...(this.#options.refuse && { refuse: this.#options.refuse }),
    }
  }

  #open(connection: Connection): ConnectionHandler {
    this.connections.push(connection)
    const handler: ConnectionHandler = {
      receive: (data, binary) => connection.send(binary ? data : data.toString()),
      wake: () => connection.send('woken'),
      refuse: (problem, fatal) => {
        this.refusals.push({ connection, problem, fatal })
        connection.send([problem.code, problem.retryAfter].filter((part) => part !== undefined).join(' '))
        if (fatal) connection.close(4000, problem.code)
        this.#changed()
      },
      closed: () => {
        this.ended.push(connection)
        this.#changed()
      },
      ...this.#options.handler?.(connection, this),
    }
    this.#changed()
    return handler
  }
}

/** A client that is nothing but a socket: sends any bytes, and keeps what comes. */
export class RawClient {
  readonly socket: Socket
  #received = Buffer.alloc(0)

  /** `from`: the address it has, of those of this machine. */
  static async open(port: number, from = '127.0.0.1'): Promise<RawClient> {
    const client = new RawClient(connect({ port, host: '127.0.0.1', localAddress: from }))
    await once(client.socket, 'connect')
    return client
  }

  /** After the handshake; what came with it is kept. */
  static async upgraded(
    port: number,
    path = '/echo',
    headers: Record<string, string> = {},
  ): Promise<RawClient> {
    const client = await RawClient.open(port)
    client.write(handshake(path, headers))
    const head = await client.head()
    if (!head.startsWith('HTTP/1.1 101')) throw new Error(head)
    return client
  }

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
    })
    socket.on('error', () => {})
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes)
  }

  /** The next so many bytes. Rejects when the connection ends before. */
  async bytes(count: number): Promise<Buffer> {
    while (this.#received.length < count) await this.#more()
    const bytes = this.#received.subarray(0, count)
    this.#received = this.#received.subarray(count)
    return bytes
  }

  /** Up to the empty line after the headers of a response. */
  async head(): Promise<string> {
    while (!this.#received.includes('\r\n\r\n')) await this.#more()
    return (await this.bytes(this.#received.indexOf('\r\n\r\n') + 4)).toString()
  }

  /** Everything until the other side ends the connection. */
  async rest(): Promise<Buffer> {
    if (!this.socket.readableEnded && !this.socket.destroyed) await once(this.socket, 'close')
    return this.#received
  }

  destroy(): void {
    this.socket.destroy()
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (call: () => void) => () => {
        this.socket.off('data', onData)
        this.socket.off('close', onClose)
        call()
      }
      const onData = settle(resolve)
      const onClose = settle(() => reject(new Error(`closed after ${this.#received.length} bytes`)))
      if (this.socket.destroyed) return onClose()
      this.socket.once('data', onData)
      this.socket.once('close', onClose)
    })
  }
}

/** A correct handshake, with headers added or (by an empty value) left out. */
export function handshake(path: string, headers: Record<string, string> = {}): string {
  const all: Record<string, string> = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  }
  const lines = Object.entries(all).filter(([, value]) => value !== '')
  return `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/** A frame as a client sends it, masked with zeros (RFC 6455 §5.2). `first` is its first byte. */
export function clientFrame(first: number, payload: string | Buffer = ''): Buffer {
  const bytes = Buffer.from(payload as string)
  if (bytes.length > 65_535) throw new RangeError('longer than the tests need')
  const length = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 0xff]
  const header = [first, 0x80 | length[0]!, ...length.slice(1), 0, 0, 0, 0]
  return Buffer.concat([Buffer.from(header), bytes])
}
