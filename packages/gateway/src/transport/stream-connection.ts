import type { ServerResponse } from 'node:http'
import { DeliveryMeter } from './delivery-meter.ts'
import { SocketConnection, type Surroundings } from './socket-connection.ts'
import type { Delivery } from './tcp-table.ts'

/**
 * A response that stays open (server-sent events). Its body ends when the connection does, with neither a length nor chunks
 * around it, so that what an audience publishes can be written to the socket as it is.
 */
export class StreamConnection extends SocketConnection {
  readonly wire = 'raw'
  readonly #response: ServerResponse
  readonly #meter = new DeliveryMeter()

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

  /** Whoever listens to a stream says nothing: that it has vanished is seen only by what its system acknowledges. */
  check(delivery: Delivery | undefined): void {
    if (delivery !== undefined && this.#meter.judge(delivery)) this.destroy()
  }

  /** A stream has no code and no reason: what is to be said has been sent. */
  protected override finish(): void {
    this.#response.end()
  }
}
