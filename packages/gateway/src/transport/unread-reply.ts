import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Problem } from '../model/problem.ts'
import type { Log, Metrics } from '../ports/log.ts'
import type { Backlog, Backlogs } from './backlogs.ts'
import { parseTarget } from './target.ts'

/** What sending a reply needs besides the response. */
export interface ReplyTools {
  readonly backlogs: Backlogs
  readonly log: Log
  readonly metrics: Metrics
}

/** How much of a large body is handed to the socket at a time: what is taken of that shows only when all of it is. */
export const pieceBytes = 65_536

/**
 * A reply that its client does not take at once. Unlike a connection it will not grow: a client that reads, however slowly, gets
 * all of it, and one that takes nothing for a while is cut off, which is all that can be said to it in the midst of a body.
 */
export class UnreadReply implements Backlog {
  readonly whole = true
  counted = 0
  aboveSince = -1
  readonly #response: ServerResponse
  readonly #socket: Socket
  readonly #tools: ReplyTools
  readonly #pieces: Buffer[]
  #left: number

  /** Writes what is still to be written of the body (nothing, when the response has ended), and watches it until it has been taken. */
  static send(response: ServerResponse, rest: Buffer, tools: ReplyTools): void {
    const reply = new UnreadReply(response, rest, tools)
    const { backlogs } = tools
    response.on('drain', () => reply.#write())
    response.on('close', () => backlogs.forget(reply))
    reply.#write()
    backlogs.note(reply)
    backlogs.settle()
  }

  private constructor(response: ServerResponse, rest: Buffer, tools: ReplyTools) {
    this.#response = response
    this.#socket = response.socket!
    this.#pieces = piecesOf(rest)
    this.#left = rest.length
    this.#tools = tools
  }

  get backlog(): number {
    return this.#left + this.#socket.writableLength
  }

  get owner(): this {
    return this
  }

  tooSlow(): void {
    const { backlogs, log, metrics } = this.#tools
    const { method, url } = this.#response.req
    const { code, message } = new Problem('slow_consumer')
    metrics.count('slow_consumers_total')
    log.warn({ code, method, path: parseTarget(url ?? '/').path }, message)
    this.#socket.destroy()
    // Not only when it has closed: until then it would be found again.
    backlogs.forget(this)
  }

  #write(): void {
    for (let piece = this.#pieces.pop(); piece !== undefined; piece = this.#pieces.pop()) {
      this.#left -= piece.length
      if (!this.#response.write(piece)) return
    }
    this.#response.end()
  }
}

/** The last comes first. Each is a copy, since a part of the body would keep all of it in memory, and more than is counted. */
function piecesOf(body: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  for (let from = 0; from < body.length; from += pieceBytes) {
    pieces.push(Buffer.from(body.subarray(from, from + pieceBytes)))
  }
  return pieces.reverse()
}
