import type { Problem, ProblemCode } from '../model/problem.ts'

/**
 * What a dialect puts on the wire for one event: text (or, for a binary frame, bytes) that is the same for every
 * recipient; or a head and a tail with the recipient's own `Connection.stamp` between.
 */
export type Encoded = string | Buffer | Stamped

export interface Stamped {
  readonly head: string
  readonly tail: string
}

/** `websocket`: each encoding becomes a frame (RFC 6455 §5). `raw`: the encoding is what is written. */
export type Wire = 'websocket' | 'raw'

/** One open socket, as core and dialects see it. Nothing is written before the turn of the event loop ends. */
export interface Connection {
  /** Unique in this process; names nothing outside it. */
  readonly id: string
  readonly wire: Wire
  /** What stands between the head and the tail of stamped encodings. ASCII. */
  stamp: string
  readonly open: boolean
  /** After what was sent before, whether by `send` or through an audience. */
  send(encoded: Encoded): void
  /**
   * Writes what is pending, then closes (RFC 6455 §7.4 for the code; `reason` is cut to 123 bytes). With `because`, what is wrong with what
   * its client did, it is counted as refused and has a line in the log.
   */
  close(code: number, reason: string, because?: ProblemCode): void
  /**
   * Whose connection this is from now on, so that it can be ended with all others of the user; with `expiresAt` (milliseconds since
   * 1970) it is refused with `token_expired` then.
   */
  identify(userId: string, expiresAt?: number): void
  /** From now on messages of so many bytes are taken. One that says it is larger is refused with `payload_too_large` before any of it is kept. */
  limitMessages(bytes: number): void
  /** Sends a WebSocket ping (RFC 6455 §5.5.2); what comes back is told to the handler's `alive`. Nothing on a raw wire. */
  ping(): void
  /** Reads nothing more from the client until `resume`, for a handler that cannot keep up; a few messages may still come. */
  pause(): void
  resume(): void
  /** Calls the handler's `wake` after `ms`. There is one such call pending at most: a second replaces the first. */
  wakeIn(ms: number): void
}

/** What a dialect does with one connection. What it throws is logged and comes back as `refuse(internal)`. */
export interface ConnectionHandler {
  receive(data: Buffer, binary: boolean): void
  wake(): void
  /** A ping or pong came in: there is life at the other end. */
  alive?(): void
  /**
   * The transport or the core has something against this connection: say it in the protocol's words. When `fatal`, also close;
   * otherwise the connection goes on and the frame in question is dropped; `dropped` is that frame, where there is one.
   */
  refuse(problem: Problem, fatal: boolean, dropped?: Buffer): void
  /** The socket has gone. Nothing can be sent any more. */
  closed(): void
}

/** Connections that hear the same things in the same encoding. What is pending for them is framed and joined once. */
export interface Audience {
  readonly size: number
  add(connection: Connection): void
  remove(connection: Connection): void
  /** To all in it but `except`. */
  publish(encoded: Encoded, except?: ReadonlySet<Connection>): void
}

export interface Outbound {
  /** Refuses every connection that was identified as this user's, fatally, and those to come for a minute: a handshake may be under way. */
  end(userId: string, problem: Problem): void
  audience(wire: Wire): Audience
}
