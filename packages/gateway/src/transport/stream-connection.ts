import type { ServerResponse } from 'node:http'
import { SocketConnection, type Surroundings } from './socket-connection.ts'

/**
 * A response that stays open (server-sent events). Its body ends when the connection does, with neither a length nor chunks
 * around it, so that what an audience publishes can be written to the socket as it is.
 */
export class StreamConnection extends SocketConnection {
  readonly wire = 'raw'
  readonly #response: ServerResponse

  /** The head has been written; the response is not chunked. */
  constructor(id: string, address: string, response: ServerResponse, around: Surroundings) {
    super(id, address, response.socket!, around)
    this.#response = response
    response.on('close', () => this.gone())
  }

  override get writable(): boolean {
    return !this.#response.writableEnded
  }

  limitMessages(): void {}

  ping(): void {}

  pause(): void {}

  resume(): void {}

  /** A stream has no code and no reason: what is to be said has been sent. */
  protected override finish(): void {
    this.#response.end()
  }
}
