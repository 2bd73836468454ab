import type { WireEvents } from './peer.ts'

/** How a server is reached. What was refused rejects with `HandshakeRefused`. */
export interface Network {
  /** Opens a WebSocket. */
  socket(url: URL, options: SocketOptions, events: WireEvents): Promise<Opened>
  /** Opens an event stream. */
  stream(url: URL, headers: Readonly<Record<string, string>>, events: WireEvents): Promise<Opened>
  request(url: URL, options: RequestInit): Promise<HttpAnswer>
}

export interface SocketOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly subprotocols: readonly string[]
  /** How long the handshake may take, in milliseconds. */
  readonly timeout: number
  /** Pings are left unanswered. */
  readonly deaf: boolean
}

export interface Opened {
  /** The subprotocol that the server has chosen, or nothing. */
  readonly chosen: string
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}
