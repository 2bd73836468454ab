import { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../ports/clock.ts'
import type { TransportLimits } from './limits.ts'

/** How often `node:http` looks for requests that take too long, at most. */
const checkEvery = 1000

/** Answers by itself what is no HTTP (400), a head that is too large (431) or takes too long (408). */
export class HttpServer extends Server {
  readonly #sockets = new Set<Socket>()

  constructor({ headerBytes, headerTime, requestTime }: TransportLimits) {
    super({
      maxHeaderSize: headerBytes,
      headersTimeout: headerTime,
      requestTimeout: requestTime,
      connectionsCheckingInterval: Math.min(checkEvery, headerTime),
      // Some HTTP clients offer HTTP/2 with every request. What is not spoken here is to be ignored (RFC 9110 §7.8), not refused.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    })
    const sockets = this.#sockets
    const forget = function (this: Socket): void {
      sockets.delete(this)
    }
    this.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('close', forget)
    })
    // Fifteen thousand idle WebSockets should not each pay for this.
    this.on('upgrade', (_request, socket) => {
      sockets.delete(socket as Socket)
      socket.off('close', forget)
    })
  }

  /**
   * Browsers and HTTP clients open connections ahead of their requests. `closeIdleConnections` takes those for busy, and a stop would
   * wait for each until its time is over.
   */
  closeSilentConnections(): void {
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy()
  }
}

/** Rejects when the port cannot be had. */
export function startListening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Takes no more connections; resolves when the requests at hand have been answered, or after `ms`. */
export function finishRequests(server: HttpServer, clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve)
    server.close(() => {
      cancel()
      resolve()
    })
    server.closeSilentConnections()
  })
}

/** Ends all connections; resolves when none is left. */
export function closeNow(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
