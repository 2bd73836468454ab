import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Problem } from '../model/problem.ts'

/**
 * Answers what a client sends ahead on one connection (RFC 9112 §9.3.2) one after the other, each when the reply before it has been
 * taken: a packet of small requests could otherwise have the process make a thousand large replies that nobody reads.
 */
export class Pipelines {
  readonly #most: number
  readonly #waiting = new WeakMap<Socket, number>()

  /** `most`: how many requests of one connection may wait; `node:http` itself stops reading when the refusals of more are not read. */
  constructor(most: number) {
    this.#most = most
  }

  /** Resolves when no reply stands before this one any more. False: its client has gone. Rejects when too many wait. */
  async turn({ socket }: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const waiting = this.#waiting.get(socket) ?? 0
    if (waiting >= this.#most) {
      throw new Problem('rate_limited', `${this.#most} requests wait on this connection already.`, 1)
    }
    this.#waiting.set(socket, waiting + 1)
    await new Promise<void>((resolve) => {
      response.once('socket', () => resolve())
      response.once('close', resolve)
    })
    this.#waiting.set(socket, this.#waiting.get(socket)! - 1)
    return response.socket !== null
  }
}
