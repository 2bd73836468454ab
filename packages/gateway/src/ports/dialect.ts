import type { Clock, Random } from './clock.ts'
import type { Connection, ConnectionHandler } from './connection.ts'
import type { HttpReply, HttpRoute } from './http.ts'
import type { Log } from './log.ts'

/** A published wire protocol the gateway speaks: one folder, one line in the application's table. */
export interface Dialect {
  readonly name: string
  /** What can be connected where, for people: shown when the gateway starts. */
  readonly doors: readonly { readonly address: string; readonly says: string }[]
  readonly routes: readonly HttpRoute[]
  /**
   * Answers a WebSocket handshake: null when the path is not this dialect's. It rejects with a `Problem` to refuse. A browser cannot
   * read a refused upgrade, so a protocol with close codes of its own admits the connection and closes it.
   */
  upgrade(request: UpgradeRequest): Promise<Admission> | null
  /** How it says that it refuses a handshake, where it is not the gateway's `{ "error": { code, message, retryAfter? } }`. */
  readonly refuse?: (error: unknown) => HttpReply
}

/** What a dialect needs beside the core. */
export interface DialectTools {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly limits: DialectLimits
}

/** What every dialect sees to by itself, in its own words. Lengths are in characters. */
export interface DialectLimits {
  /** How deep the JSON that a client sends may be nested. */
  readonly jsonDepth: number
  readonly roomName: number
  readonly idempotencyKey: number
  /** Requests of one connection that wait for those before them. */
  readonly waitingRequests: number
}

export interface UpgradeRequest {
  /** Without the query. */
  readonly path: string
  /** The path's segments, percent-decoded; null where one cannot be. */
  readonly segments: readonly (string | null)[]
  readonly query: URLSearchParams
  header(name: string): string | undefined
  readonly address: string
}

export interface Admission {
  /** Largest inbound message this protocol takes, in bytes; the gateway's own limit when absent. */
  readonly maxMessage?: number
  /** Inbound frames a second that this protocol takes for long, and at once; the gateway's own limits when absent. */
  readonly frames?: { readonly perSecond: number; readonly burst: number }
  /** Chosen among those the client offered. */
  readonly subprotocol?: string
  open(connection: Connection): ConnectionHandler
}
