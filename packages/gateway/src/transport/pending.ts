import type { Encoded, Stamped, Wire } from '../ports/connection.ts'
import { frame } from './frame.ts'
import { type Entry, Template } from './template.ts'

/** What an audience is still to be given in this turn of the event loop, in order. */
export class Pending {
  readonly #wire: Wire
  #entries: Entry[] = []
  #stamped = false
  /** Templates of the entries from `#templatesFrom` to the last, by stamp length. */
  readonly #templates = new Map<number, Template>()
  #templatesFrom = 0
  #lender: Template | null = null

  constructor(wire: Wire) {
    this.#wire = wire
  }

  /** Whether some of it differs from recipient to recipient. */
  get stamped(): boolean {
    return this.#stamped
  }

  get length(): number {
    return this.#entries.length
  }

  push(encoded: Encoded): void {
    const entry = toEntry(encoded, this.#wire)
    if ('head' in entry) this.#stamped = true
    this.#entries.push(entry)
    this.#templates.clear()
  }

  /**
   * The bytes from an entry to the last, for a recipient with this stamp. For the middle of a turn: joins only what is asked
   * for, so that a recipient who takes each entry as it comes does not cost a join of all of them each time.
   */
  renderNow(from: number, stamp: string): Buffer {
    const first = this.#entries[from]!
    if (from === this.#entries.length - 1 && !('head' in first)) return first
    if (this.#templatesFrom !== from) this.#templates.clear()
    this.#templatesFrom = from
    return this.#template(stamp).render(0, stamp)
  }

  /**
   * The same at the end of the turn, when all share the join of everything. What comes is lent: it may be written over by the next call,
   * unless `keepLent` is called before. Most sockets take their bytes at once, so one buffer serves a thousand stamps.
   */
  lendLast(from: number, stamp: string): Buffer {
    if (this.#templatesFrom !== 0) this.#templates.clear()
    this.#templatesFrom = 0
    this.#lender = this.#template(stamp)
    return this.#lender.lend(from, stamp)
  }

  /** What was lent last is still in use. */
  keepLent(): void {
    this.#lender?.keep()
  }

  clear(): void {
    this.#entries = []
    this.#stamped = false
    this.#templates.clear()
    this.#lender = null
  }

  #template(stamp: string): Template {
    const stampLength = this.#stamped ? stamp.length : 0
    let template = this.#templates.get(stampLength)
    if (template === undefined) {
      template = new Template(this.#entries, this.#templatesFrom, stampLength)
      this.#templates.set(stampLength, template)
    }
    return template
  }
}

/** The bytes of one encoding for one recipient. */
export function toBytes(encoded: Encoded, wire: Wire, stamp: string): Buffer {
  const payload = isStamped(encoded) ? encoded.head + stamp + encoded.tail : encoded
  if (wire === 'websocket') return frame(payload)
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}

function toEntry(encoded: Encoded, wire: Wire): Entry {
  if (!isStamped(encoded)) return toBytes(encoded, wire, '')
  return { head: Buffer.from(encoded.head), tail: Buffer.from(encoded.tail), framed: wire === 'websocket' }
}

function isStamped(encoded: Encoded): encoded is Stamped {
  return typeof encoded !== 'string' && 'head' in encoded
}
