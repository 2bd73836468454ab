import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { deflateSync, inflateSync } from 'node:zlib'
import { WebSocket, WebSocketServer } from 'ws'

/** What is done wrong, once: to the message that is the `index`th to come from the server, counted over everything. */
export interface Fault {
  readonly kind: 'change' | 'drop' | 'double'
  readonly index: number
}

/**
 * A server that passes everything on to another one, but for one fault: a frame whose first field has another name, a close code
 * or a status that is another; a frame or a closing that does not come; a frame that comes twice.
 */
export class WrongServer {
  fault: Fault | null = null
  /** How many messages have come from the server behind. */
  count = 0
  /** How many of them were frames: the others are closings and replies, and cannot come twice. */
  frames = 0
  readonly #server: Server
  readonly #behind: URL
  readonly #sockets = new WebSocketServer({
    noServer: true,
    // The first that is offered, as the servers behind choose.
    handleProtocols: (offered) => [...offered][0] ?? false,
  })

  static async before(url: string): Promise<WrongServer> {
    const wrong = new WrongServer(new URL(url))
    wrong.#server.listen(0, '127.0.0.1')
    await once(wrong.#server, 'listening')
    return wrong
  }

  private constructor(behind: URL) {
    this.#behind = behind
    this.#server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing))
    this.#server.on('upgrade', (incoming, socket, head) => this.#upgrade(incoming, socket, head))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Begins to count anew. */
  commit(fault: Fault | null): void {
    this.fault = fault
    this.count = 0
    this.frames = 0
  }

  close(): void {
    for (const client of this.#sockets.clients) client.terminate()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** Counts a message, and says what is to be done to it. */
  #next(): Fault['kind'] | null {
    const index = this.count++
    return this.fault?.index === index ? this.fault.kind : null
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { hostname, port } = this.#behind
    const { method, url: path, headers } = incoming
    const passed = request({ hostname, port, method, path, headers }, (response) => {
      const { statusCode = 500, headers } = response
      if (headers['content-type']?.startsWith('text/event-stream')) {
        outgoing.writeHead(statusCode, headers)
        response.on('data', (chunk: Buffer) => this.#events(chunk.toString(), outgoing))
        response.on('close', () => outgoing.end())
        outgoing.on('close', () => response.destroy())
        return
      }
      outgoing.writeHead(this.#next() === null ? statusCode : otherStatus(statusCode), headers)
      response.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  }

  /** What the gateway writes of a stream in one go is whole events. */
  #events(text: string, outgoing: ServerResponse): void {
    for (const event of text.split('\n\n').filter((one) => one !== '')) {
      const [before, data] = event.split('data: ')
      if (data === undefined) continue
      this.frames++
      const wrong = this.#next()
      if (wrong === 'drop') continue
      const said = wrong === 'change' ? `${before}data: ${changed(data)}` : event
      outgoing.write(`${said}\n\n`.repeat(wrong === 'double' ? 2 : 1))
    }
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = new URL(incoming.url ?? '/', this.#behind)
    target.protocol = 'ws:'
    const { authorization, origin } = incoming.headers
    const offered = incoming.headers['sec-websocket-protocol']?.split(/, */) ?? []
    const behind = new WebSocket(target, offered, {
      perMessageDeflate: false,
      headers: { ...(authorization && { authorization }), ...(origin && { origin }) },
    })
    socket.on('error', () => behind.terminate())
    behind.on('error', () => {})
    behind.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 500
      socket.write(
        `HTTP/1.1 ${this.#next() === null ? status : otherStatus(status)} Refused\r\nConnection: close\r\n\r\n`,
      )
      response.pipe(socket)
    })
    let front: WebSocket | null = null
    const early: (() => void)[] = []
    const whenOpen = (act: (client: WebSocket) => void) => {
      if (front === null) early.push(() => act(front!))
      else act(front)
    }
    behind.on('message', (data: Buffer, binary) => whenOpen((client) => this.#frame(data, binary, client)))
    behind.on('close', (code, reason) => whenOpen((client) => this.#closing(code, reason.toString(), client)))
    behind.on('open', () => {
      this.#sockets.handleUpgrade(incoming, socket, head, (client) => {
        front = client
        client.on('message', (data: Buffer, binary) => behind.send(data, { binary }))
        client.on('error', () => {})
        client.on('close', (code) => (code === 1006 ? behind.terminate() : behind.close()))
        for (const act of early) act()
      })
    })
  }

  #frame(data: Buffer, binary: boolean, client: WebSocket): void {
    this.frames++
    const wrong = this.#next()
    if (wrong === 'drop') return
    const text = (binary ? inflateSync(data) : data).toString()
    const said = wrong === 'change' ? changed(text) : text
    for (let times = wrong === 'double' ? 2 : 1; times > 0; times--) {
      client.send(binary ? deflateSync(said) : said, { binary })
    }
  }

  #closing(code: number, reason: string, client: WebSocket): void {
    if (client.readyState !== WebSocket.OPEN) return
    const wrong = this.#next()
    if (wrong === 'drop') return
    if (code === 1005 || code === 1006) client.terminate()
    else client.close(wrong === 'change' ? (code % 1000) + 3500 : code, reason)
  }
}

/** JSON whose first field has another name. */
export function changed(text: string): string {
  const value = JSON.parse(text) as object
  const [first, ...rest] = Object.entries(value)
  return JSON.stringify(first === undefined ? 0 : Object.fromEntries([[`${first[0]}_`, first[1]], ...rest]))
}

export function otherStatus(status: number): number {
  return status === 418 ? 500 : 418
}
