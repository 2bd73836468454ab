import type { Socket } from 'node:net'
import { type RawData, WebSocket } from 'ws'
import { Problem } from '../model/problem.ts'
import type { Rate } from './bucket.ts'
import { pongFrame } from './frame.ts'
import { InboundMeter, type Objection } from './inbound-meter.ts'
import { SocketConnection, type Surroundings } from './socket-connection.ts'
import { isMidMessage, isTooLarge, limitMessages } from './ws-internals.ts'

/** A `ws` socket that knows its connection, so that all sockets share the listeners below. */
export class GatewaySocket extends WebSocket {
  connection: WebSocketConnection | null = null

  /** What `ws` closes in its own words for being too large, the dialect closes in those of its protocol. */
  override close(code?: number, reason?: string | Buffer): void {
    if (isTooLarge(code, reason) && this.connection?.writable) this.connection.tooLarge()
    else super.close(code, reason)
  }
}

/** The longest reason a close frame can carry, in bytes (RFC 6455 §5.5). */
const longestReason = 123

/** One WebSocket. `ws` reads frames and does the closing handshake; data frames and pongs are written by the outbox. */
export class WebSocketConnection extends SocketConnection {
  readonly wire = 'websocket'
  readonly #ws: GatewaySocket
  readonly #frames: Rate
  readonly #meter = new InboundMeter()
  #maxMessage = 0
  #stalled = false

  constructor(
    id: string,
    address: string,
    socket: Socket,
    ws: GatewaySocket,
    frames: Rate,
    around: Surroundings,
  ) {
    super(id, address, socket, around)
    this.#ws = ws
    this.#frames = frames
    ws.connection = this
    ws.on('message', onMessage)
    ws.on('ping', onPing)
    ws.on('pong', onPong)
    ws.on('error', onError)
    ws.on('close', onClose)
  }

  override get writable(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  received(data: Buffer, binary: boolean): void {
    this.#stalled = false
    if (this.#passes(data)) this.attempt((handler) => handler.receive(data, binary))
  }

  /**
   * Pings count as frames: answering a flood of them is work too. Answers wait in the outbox like everything else, so that whoever
   * pings and never reads is too slow, and whoever pings too often is told so.
   */
  pinged(data: Buffer): void {
    if (!this.#passes()) return
    this.give(pongFrame(data))
    this.attempt((handler) => handler.alive?.())
  }

  /** So do pongs. */
  ponged(): void {
    if (this.#passes()) this.attempt((handler) => handler.alive?.())
  }

  limitMessages(bytes: number): void {
    this.#maxMessage = bytes
    limitMessages(this.#ws, bytes)
  }

  /** A message says that it is larger than it may be. Nothing of it has been kept, and nothing more is read. */
  tooLarge(): void {
    const says = `A message may have at most ${this.#maxMessage} bytes.`
    this.#object({ problem: new Problem('payload_too_large', says), fatal: true })
  }

  ping(): void {
    if (this.writable) this.#ws.ping()
  }

  pause(): void {
    this.#ws.pause()
  }

  resume(): void {
    this.#ws.resume()
  }

  /** Ends the connection if it is in the same unfinished message as at the last look. */
  checkProgress(): void {
    // It is the gateway that does not read on.
    if (this.#ws.isPaused) return
    const unfinished = isMidMessage(this.#ws)
    if (unfinished && this.#stalled) {
      const seconds = this.surroundings.limits.unfinishedMessage / 1000
      this.refuse(new Problem('invalid_request', `A message was not finished within ${seconds} s.`), true)
    }
    this.#stalled = unfinished
  }

  /** `ws` has closed the connection for this, unless it was closed already. */
  broken(error: Error): void {
    if (!this.open) return
    const { id, address } = this
    this.surroundings.log.warn({ connection: id, address }, `not WebSocket as in RFC 6455: ${error.message}`)
    this.surroundings.metrics.count('connections_refused_total', 1, { code: 'protocol_error' })
  }

  closed(): void {
    this.gone()
  }

  protected override finish(code: number, reason: string): void {
    this.#ws.close(code, cut(reason))
    // The answer to the close must be read, whatever the handler could not keep up with.
    this.#ws.resume()
  }

  /** `message`: the frame, where it is one that a handler reads. */
  #passes(message?: Buffer): boolean {
    if (!this.open) return false
    const { clock, limits } = this.surroundings
    const objection = this.#meter.judge(this.#frames, clock.monotonic(), limits)
    if (objection === null) return true
    this.#object(objection, message)
    return false
  }

  #object({ problem, fatal }: Objection, dropped?: Buffer): void {
    this.surroundings.metrics.count('frames_refused_total', 1, { code: problem.code })
    this.refuse(problem, fatal, dropped)
  }
}

function onMessage(this: WebSocket, data: RawData, binary: boolean): void {
  ;(this as GatewaySocket).connection?.received(data as Buffer, binary)
}

function onPing(this: WebSocket, data: Buffer): void {
  ;(this as GatewaySocket).connection?.pinged(data)
}

function onPong(this: WebSocket): void {
  ;(this as GatewaySocket).connection?.ponged()
}

function onError(this: WebSocket, error: Error): void {
  ;(this as GatewaySocket).connection?.broken(error)
}

function onClose(this: WebSocket): void {
  ;(this as GatewaySocket).connection?.closed()
}

/** Cuts at the border of a character. */
function cut(reason: string): string {
  const bytes = Buffer.from(reason)
  if (bytes.length <= longestReason) return reason
  let end = longestReason
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
