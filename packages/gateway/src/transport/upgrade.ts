import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { asProblem, Problem } from '../model/problem.ts'
import type { Admission, Dialect, UpgradeRequest } from '../ports/dialect.ts'
import type { HttpReply } from '../ports/http.ts'
import { clientAddress } from './address.ts'
import type { Rate } from './bucket.ts'
import type { Door } from './door.ts'
import { headerOf } from './http.ts'
import type { TransportLimits } from './limits.ts'
import { Line } from './line.ts'
import type { OriginPolicy } from './origin.ts'
import type { Refusals } from './refusals.ts'
import { answerSocket, problemReply } from './reply.ts'
import type { Surroundings } from './socket-connection.ts'
import { parseTarget, segmentsOf } from './target.ts'
import { GatewaySocket, WebSocketConnection } from './websocket-connection.ts'

export interface UpgradeParts {
  readonly dialects: readonly Dialect[]
  readonly origins: OriginPolicy
  readonly door: Door
  readonly trustedHops: number
  readonly surroundings: Surroundings
  readonly refusals: Refusals
  /** The id of the next connection. */
  nextId(): string
  /** Why nobody is let in now, or null. */
  closedBecause(): Problem | null
}

/** A crowd that comes at once would otherwise be let in within one turn of the event loop, which nobody else would see the end of. */
const handshakesPerTurn = 64
const key = /^[+/0-9A-Za-z]{22}==$/

/** Answers WebSocket handshakes (RFC 6455 §4.2), each by the first dialect whose path it is. */
export class Upgrades {
  readonly #parts: UpgradeParts
  /** What a connection may send whose dialect sets no limits of its own. */
  readonly #usualFrames: Rate
  readonly #server: WsServer
  readonly #undecided = new Set<Duplex>()
  readonly #line = new Line(handshakesPerTurn)
  readonly #subprotocols = new WeakMap<IncomingMessage, string>()

  constructor(parts: UpgradeParts) {
    this.#parts = parts
    const { limits } = parts.surroundings
    this.#usualFrames = { perSecond: limits.framesPerSecond, burst: limits.frameBurst }
    this.#server = wsServer(limits, (_, request) => this.#subprotocols.get(request) ?? false)
  }

  /** Never rejects. */
  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { door, trustedHops } = this.#parts
    // Without a listener, a client that breaks off here would stop the process.
    socket.on('error', destroyThis)
    this.#undecided.add(socket)
    const address = clientAddress(request, trustedHops)
    let refuse: NonNullable<Dialect['refuse']> = refusal
    let entered = false
    try {
      await this.#line.turn()
      this.#judge(request)
      door.enter(address)
      entered = true
      const { admission, dialect } = this.#ask(request, address)
      refuse = dialect.refuse ?? refuse
      // Who was admitted leaves when the socket goes.
      entered = !this.#admit(request, socket as Socket, head, address, await admission)
    } catch (error) {
      this.#note(error, address, request)
      answerSocket(socket, refuse(error))
    } finally {
      if (entered) door.leave(address)
      this.#undecided.delete(socket)
    }
  }

  /** Breaks off the handshakes that are not decided. */
  stop(): void {
    for (const socket of this.#undecided) socket.destroy()
  }

  /** Throws what is against a handshake whoever it is for. */
  #judge(request: IncomingMessage): void {
    const { origins, closedBecause } = this.#parts
    const closed = closedBecause()
    if (closed !== null) throw closed
    if (!origins.allows(request.headers.origin, request.headers.host)) throw new Problem('origin_not_allowed')
    judgeHandshake(request)
  }

  #ask(request: IncomingMessage, address: string): { admission: Promise<Admission>; dialect: Dialect } {
    const { path, query } = parseTarget(request.url ?? '/')
    const segments = segmentsOf(path)
    const asked: UpgradeRequest = {
      path,
      segments,
      query,
      header: (name) => headerOf(request, name),
      address,
    }
    for (const dialect of this.#parts.dialects) {
      const admission = dialect.upgrade(asked)
      if (admission !== null) return { admission, dialect }
    }
    if (segments.includes(null)) throw new Problem('invalid_request', 'The path is not UTF-8.')
    throw new Problem('not_found')
  }

  #note(error: unknown, address: string, request: IncomingMessage): void {
    const { surroundings, refusals } = this.#parts
    if (!(error instanceof Problem)) {
      const { path } = parseTarget(request.url ?? '/')
      surroundings.log.error({ err: error, path }, 'a handshake failed')
    }
    refusals.note('handshake', address, asProblem(error).code)
  }

  /** False: the client has gone meanwhile. */
  #admit(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    address: string,
    admission: Admission,
  ): boolean {
    const { surroundings, nextId, closedBecause } = this.#parts
    const closed = closedBecause()
    if (closed !== null) throw closed
    if (admission.subprotocol !== undefined) this.#subprotocols.set(request, admission.subprotocol)
    const { maxMessage = surroundings.limits.messageBytes, frames = this.#usualFrames } = admission
    let admitted = false
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      admitted = true
      socket.off('error', destroyThis)
      const connection = new WebSocketConnection(nextId(), address, socket, ws, frames, surroundings)
      connection.limitMessages(maxMessage)
      connection.start((opened) => admission.open(opened))
    })
    return admitted
  }
}

type WsServer = ReturnType<typeof wsServer>

function wsServer(
  { fragments, readsPerFrame, closeGrace }: TransportLimits,
  handleProtocols: (offered: Set<string>, request: IncomingMessage) => string | false,
) {
  const options = {
    noServer: true,
    clientTracking: false,
    WebSocket: GatewaySocket,
    // They are counted first; the connection answers those that it lets pass.
    autoPong: false,
    maxFragments: fragments,
    maxBufferedChunks: readsPerFrame,
    closeTimeout: closeGrace,
    handleProtocols,
  }
  return new WebSocketServer(options)
}

function destroyThis(this: Duplex): void {
  this.destroy()
}

/** Throws what `ws` would refuse, before a dialect is asked, which may already do something for the client. */
function judgeHandshake({ method, headers }: IncomingMessage): void {
  if (method !== 'GET') throw new Problem('method_not_allowed', 'A WebSocket handshake is a GET.')
  if (headers['sec-websocket-version'] !== '13') {
    throw new Problem('upgrade_required', 'Only version 13 of WebSocket is spoken here.')
  }
  if (!key.test(headers['sec-websocket-key'] ?? '')) {
    throw new Problem('invalid_request', '"Sec-WebSocket-Key" must be 16 bytes in base64.')
  }
}

/** RFC 6455 §4.2.2: with 426 go the versions that are spoken. */
function refusal(error: unknown): HttpReply {
  const problem = asProblem(error)
  const reply = problemReply(problem)
  if (problem.code !== 'upgrade_required') return reply
  return { ...reply, headers: { ...reply.headers, 'Sec-WebSocket-Version': '13' } }
}
