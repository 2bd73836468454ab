import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What a proxy does to the bytes that come from the gateway: true lets them pass. */
export type Downstream = (bytes: Buffer, client: Socket) => boolean

/** Stands between clients and a gateway, at an address that stays the same when the gateway moves, and breaks what it is told to. */
export class BreakingProxy {
  /** Where the gateway is: `http://127.0.0.1:8080`. */
  target: string
  /** What becomes of bytes for the clients. Absent: they pass. */
  downstream: Downstream | null = null
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  static async before(target: string): Promise<BreakingProxy> {
    const proxy = new BreakingProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  private constructor(target: string) {
    this.target = target
    // Without delay: small frames would wait for each other's acknowledgements, and a run be mostly waiting.
    this.#server = createServer({ noDelay: true }, (client) => this.#join(client))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Lets so many bytes from the gateway through to each connection made from now on, then breaks it. */
  cutAfter(bytes: number): void {
    const left = new WeakMap<Socket, number>()
    this.downstream = (chunk, client) => {
      const rest = left.get(client) ?? bytes
      left.set(client, rest - chunk.length)
      if (chunk.length < rest) return true
      if (rest > 0) client.write(chunk.subarray(0, rest))
      client.destroySoon()
      return false
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const { port, hostname } = new URL(this.target)
    const upstream = connect({ port: Number(port), host: hostname, noDelay: true })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(one)
      // A connection that breaks is what a proxy like this is for.
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroySoon()
      })
    }
    client.on('data', (bytes) => upstream.write(bytes))
    upstream.on('data', (bytes) => {
      if (this.downstream === null || this.downstream(bytes, client)) client.write(bytes)
    })
  }
}
