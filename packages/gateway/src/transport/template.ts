import { headerLength, writeTextHeader } from './frame.ts'

/** A stamped encoding as bytes. `framed` says whether it becomes a WebSocket frame. */
export interface StampedBytes {
  readonly head: Buffer
  readonly tail: Buffer
  readonly framed: boolean
}

/** One thing to be written: finished bytes, or bytes that lack the recipient's stamp. */
export type Entry = Buffer | StampedBytes

/**
 * Entries joined into one run of bytes, with holes where stamps of one length go. Everything that does not depend on
 * the recipient is done here, once for all recipients whose stamps have that length.
 */
export class Template {
  readonly #bytes: Buffer
  /** Where each entry begins, and where its hole is; −1 for none. */
  readonly #starts: number[] = []
  readonly #holes: number[] = []
  readonly #stampBytes: Buffer
  #stamped = false
  #lent: Buffer | null = null

  constructor(entries: readonly Entry[], from: number, stampLength: number) {
    this.#stampBytes = Buffer.allocUnsafe(stampLength)
    let length = 0
    for (let index = from; index < entries.length; index++) length += sizeOf(entries[index]!, stampLength)
    this.#bytes = Buffer.allocUnsafe(length)
    let at = 0
    for (let index = from; index < entries.length; index++)
      at = this.#append(entries[index]!, at, stampLength)
  }

  /** The bytes from an entry on, for a recipient with this stamp. Shared among all of them unless there is a hole to fill. */
  render(from: number, stamp: string): Buffer {
    const start = this.#starts[from]!
    if (!this.#stamped) return start === 0 ? this.#bytes : this.#bytes.subarray(start)
    const copy = Buffer.from(this.#bytes)
    this.#fill(copy, from, stamp)
    return start === 0 ? copy : copy.subarray(start)
  }

  /** The same, but the next call may write over it, unless `keep` is called before. */
  lend(from: number, stamp: string): Buffer {
    if (!this.#stamped) return this.render(from, stamp)
    this.#lent ??= Buffer.from(this.#bytes)
    this.#fill(this.#lent, from, stamp)
    const start = this.#starts[from]!
    return start === 0 ? this.#lent : this.#lent.subarray(start)
  }

  /** What was lent last is not given back. */
  keep(): void {
    this.#lent = null
  }

  #fill(bytes: Buffer, from: number, stamp: string): void {
    this.#stampBytes.write(stamp, 'latin1')
    for (let index = from; index < this.#holes.length; index++) {
      const hole = this.#holes[index]!
      if (hole >= 0) bytes.set(this.#stampBytes, hole)
    }
  }

  #append(entry: Entry, at: number, stampLength: number): number {
    this.#starts.push(at)
    if (!('head' in entry)) {
      this.#holes.push(-1)
      return at + entry.copy(this.#bytes, at)
    }
    const { head, tail } = entry
    const payload = head.length + stampLength + tail.length
    const body = entry.framed ? writeTextHeader(this.#bytes, at, payload) : at
    const hole = body + head.copy(this.#bytes, body)
    this.#holes.push(hole)
    this.#stamped = true
    return hole + stampLength + tail.copy(this.#bytes, hole + stampLength)
  }
}

function sizeOf(entry: Entry, stampLength: number): number {
  if (!('head' in entry)) return entry.length
  const payload = entry.head.length + stampLength + entry.tail.length
  return entry.framed ? headerLength(payload) + payload : payload
}
