import { Server } from 'node:http'
import type { Socket } from 'node:net'
import { asProblem } from '../model/problem.ts'
import type { Clock } from '../ports/clock.ts'
import { peerAddress } from './address.ts'
import type { TransportLimits } from './limits.ts'
import type { OpenSockets } from './open-sockets.ts'
import type { Refusals } from './refusals.ts'
import { answerSocket, problemReply } from './reply.ts'

/** How often `node:http` looks for requests that take too long, at most. */
const checkEvery = 1000

const timedOut = 'ERR_HTTP_REQUEST_TIMEOUT'
/** The client has gone in the middle of a request: nobody is left to be refused. */
const brokenOff = 'HPE_INVALID_EOF_STATE'
const codes: Readonly<Record<string, string>> = {
  [timedOut]: 'timed_out',
  HPE_HEADER_OVERFLOW: 'head_too_large',
}

/** Answers by itself what is no HTTP (400), a head that is too large (431) or takes too long (408). */
export class HttpServer extends Server {
  readonly #refusals: Refusals
  readonly #sockets = new Set<Socket>()

  constructor(limits: TransportLimits, open: OpenSockets, refusals: Refusals) {
    const { headerBytes, headerTime, requestTime } = limits
    super({
      maxHeaderSize: headerBytes,
      headersTimeout: headerTime,
      requestTimeout: requestTime,
      connectionsCheckingInterval: Math.min(checkEvery, headerTime),
      // Some HTTP clients offer HTTP/2 with every request. What is not spoken here is to be ignored (RFC 9110 §7.8), not refused.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    })
    this.#refusals = refusals
    const sockets = this.#sockets
    const forget = function (this: Socket): void {
      sockets.delete(this)
    }
    // A socket that was asked for the address of its other end remembers it; one listener for all costs each of them least.
    const leave = function (this: Socket): void {
      open.leave(peerAddress(this))
    }
    this.on('connection', (socket: Socket) => {
      const address = peerAddress(socket)
      try {
        open.enter(address)
      } catch (error) {
        refusals.note('socket', address, asProblem(error).code)
        return answerSocket(socket, problemReply(asProblem(error)))
      }
      socket.on('close', leave)
      sockets.add(socket)
      socket.on('close', forget)
    })
    // Fifteen thousand idle WebSockets should not each pay for this.
    this.on('upgrade', (_request, socket) => {
      sockets.delete(socket as Socket)
      socket.off('close', forget)
    })
  }

  /** A listener for `clientError` would have to answer in place of `node:http`, which knows better whether it still can. */
  override emit(name: string, ...given: unknown[]): boolean {
    if (name === 'clientError') this.#note(given[0] as NodeJS.ErrnoException, given[1] as Socket)
    return super.emit(name, ...given)
  }

  #note({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
    const isAnswered = code === timedOut || (code.startsWith('HPE_') && code !== brokenOff)
    if (isAnswered) this.#refusals.note('request', peerAddress(socket), codes[code] ?? 'not_http')
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
