import type { Socket } from 'node:net'
import type { Backlog, Backlogs } from './backlogs.ts'
import type { Turn } from './turn.ts'

/** The connection that an outbox writes for. */
export interface OutboxOwner {
  /** Whether data may still be written; a WebSocket that has sent its close frame may not (RFC 6455 §5.5.1). */
  readonly writable: boolean
  /** It reads too slowly: what the outbox holds is more than it may. */
  tooSlow(): void
}

/** About how much is handed to the socket at a time while it is behind; the rest stays here, where it can be dropped. */
const chunkBytes = 65_536
/** How many loose buffers there are at most while the socket is behind. */
const looseBuffers = 16

/**
 * What one connection is still to be sent, as whole frames. It writes once per turn of the event loop; while the socket is
 * behind it waits for the socket to drain. Without this queue of our own a slow reader's bytes would be in the socket's,
 * which cannot be dropped at the border of a frame to make way for a last word.
 */
export class Outbox implements Backlog {
  counted = 0
  aboveSince = -1
  readonly owner: OutboxOwner
  readonly #socket: Socket
  readonly #turn: Turn
  readonly #backlogs: Backlogs
  #queue: Buffer[] | null = null
  #queued = 0
  /** Buffers of the queue from here on are as they came, perhaps slices of something larger. */
  #loose = 0
  #dirty = false
  #waiting = false
  #end: (() => void) | null = null

  constructor(socket: Socket, owner: OutboxOwner, turn: Turn, backlogs: Backlogs) {
    this.#socket = socket
    this.owner = owner
    this.#turn = turn
    this.#backlogs = backlogs
  }

  get backlog(): number {
    return this.#queued + this.#socket.writableLength
  }

  push(bytes: Buffer): void {
    if (this.#queue === null) this.#queue = [bytes]
    else this.#queue.push(bytes)
    this.#queued += bytes.length
    this.#soil()
  }

  /** Writes at once if nothing else waits to be written. True: the system has taken all of it; the buffer is free again. */
  writeThrough(bytes: Buffer): boolean {
    if (this.#dirty || this.backlog > 0 || !this.owner.writable) {
      this.push(bytes)
      return false
    }
    this.#socket.write(bytes)
    if (this.#socket.writableLength === 0) return true
    if (this.#socket.writableNeedDrain) this.#wait()
    this.#backlogs.note(this)
    return false
  }

  /** Calls once everything before has been handed to the socket. Nothing may be pushed after this. */
  endWith(end: () => void): void {
    this.#end = end
    this.#soil()
  }

  /** Forgets what has not been handed to the socket. */
  drop(): void {
    this.#queue = null
    this.#queued = 0
    this.#loose = 0
  }

  flush(): void {
    this.#dirty = false
    if (this.#socket.destroyed) return this.drop()
    if (this.#waiting) this.#compact()
    else this.#write()
    if (this.counted !== 0 || this.backlog !== 0) this.#backlogs.note(this)
  }

  #soil(): void {
    if (this.#dirty) return
    this.#dirty = true
    this.#turn.flushAtEnd(this)
  }

  #write(): void {
    if (!this.owner.writable) this.drop()
    while (this.#queue !== null) {
      this.#socket.write(this.#take(this.#queue))
      if (this.#socket.writableNeedDrain && this.#socket.writableLength > 0) return this.#wait()
    }
    if (this.#end === null) return
    this.#end()
    this.#end = null
  }

  #wait(): void {
    this.#waiting = true
    this.#socket.once('drain', () => {
      this.#waiting = false
      this.flush()
    })
  }

  /** Takes the whole queue as one buffer if it is small, as it mostly is; else about a chunk of it. */
  #take(queue: Buffer[]): Buffer {
    let length = 0
    let count = 0
    while (count < queue.length && length < chunkBytes) length += queue[count++]!.length
    this.#queued -= length
    this.#loose = Math.max(0, this.#loose - count)
    if (count === queue.length) this.#queue = null
    const taken = count === queue.length ? queue : queue.splice(0, count)
    return taken.length === 1 ? taken[0]! : Buffer.concat(taken, length)
  }

  /**
   * Joins what came meanwhile, once it is a chunk or many buffers. A buffer is mostly a slice of a larger block that many connections
   * share; a slow reader that kept thousands of such slices would keep all their blocks, and hold far more memory than is counted.
   */
  #compact(): void {
    const queue = this.#queue
    if (queue === null) return
    const loose = queue.slice(this.#loose)
    const length = lengthOf(loose)
    if (loose.length < looseBuffers && length < chunkBytes) return
    queue.length = this.#loose
    queue.push(loose.length === 1 ? loose[0]! : join(loose, length))
    this.#loose = queue.length
  }
}

function lengthOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((length, buffer) => length + buffer.length, 0)
}

/** Not as a slice, which `Buffer.concat` makes of anything small. */
function join(buffers: readonly Buffer[], length: number): Buffer {
  const joined = Buffer.allocUnsafeSlow(length)
  let at = 0
  for (const buffer of buffers) at += buffer.copy(joined, at)
  return joined
}
