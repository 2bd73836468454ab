import { connect, type Socket } from 'node:net'

export interface Reply {
  readonly status: number
  readonly body: string
}

/** Servers close a connection that was not used for some seconds; a request sent in that moment is lost. Milliseconds. */
const longestIdle = 2000

/** A kept-alive HTTP/1.1 connection that asks one thing at a time and reads replies with a Content-Length, cheaply. */
export class HttpConnection {
  readonly #port: number
  #socket: Socket | null = null
  #usedAt = 0
  #text = ''
  #answered: ((reply: Reply) => void) | null = null
  #failed: ((error: Error) => void) | null = null

  constructor(port: number) {
    this.#port = port
  }

  /** `body` is sent as JSON, `credentials` in the header Authorization. Rejects when the connection breaks. */
  ask(method: string, path: string, body: string, credentials?: string): Promise<Reply> {
    const authorization = credentials === undefined ? '' : `Authorization: ${credentials}\r\n`
    return new Promise((resolve, reject) => {
      if (performance.now() - this.#usedAt > longestIdle) this.close()
      this.#answered = resolve
      this.#failed = reject
      this.#socket ??= this.#connect()
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\n${authorization}` +
          `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
    })
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = null
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#read(text))
    const lost = (error: Error): void => {
      if (this.#socket === socket) this.#failed?.(error)
    }
    socket.on('error', lost)
    socket.on('close', () =>
      lost(new Error('the server closed an HTTP connection in the middle of a request')),
    )
    return socket
  }

  #read(text: string): void {
    this.#text += text
    const head = this.#text.indexOf('\r\n\r\n')
    if (head === -1) return
    const length = Number(/content-length: *(\d+)/i.exec(this.#text.slice(0, head))?.[1] ?? 0)
    const end = head + 4 + length
    if (this.#text.length < end) return
    const reply = { status: Number(this.#text.slice(9, 12)), body: this.#text.slice(head + 4, end) }
    this.#text = this.#text.slice(end)
    const answered = this.#answered
    this.#failed = null
    this.#usedAt = performance.now()
    answered?.(reply)
  }
}

/** As many connections as are asked at once; each request takes one that is free. */
export class HttpPool {
  readonly #port: number
  readonly #free: HttpConnection[] = []

  constructor(port: number) {
    this.#port = port
  }

  /** Rejects unless the answer is one of success. */
  async ask(method: string, path: string, body: string, credentials?: string): Promise<string> {
    const connection = this.#free.pop() ?? new HttpConnection(this.#port)
    const reply = await connection.ask(method, path, body, credentials)
    this.#free.push(connection)
    if (reply.status >= 300) throw new Error(`${method} ${path} was answered ${reply.status}: ${reply.body}`)
    return reply.body
  }

  close(): void {
    for (const connection of this.#free) connection.close()
  }
}

/** Does `work` for 0 … count − 1, so many at a time. */
export async function inParallel(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker))
}
