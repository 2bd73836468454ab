import assert from 'node:assert/strict'
import type { Guest } from './ways-in.ts'

/** When each message was written, by its number; in monotonic milliseconds. */
export type WrittenAt = readonly number[]

/** Reads all that comes: the messages `number 0 x…`, `number 1 x…` and so on must come in order, and how long each took is noted. */
export class Reader {
  readonly guest: Guest
  readonly #writtenAt: WrittenAt
  /** Rejects when something came out of order. */
  readonly #reading: Promise<void>
  readonly #delays: number[] = []
  #heardMore = () => {}

  constructor(guest: Guest, writtenAt: WrittenAt) {
    this.guest = guest
    this.#writtenAt = writtenAt
    this.#reading = this.#read()
    // Told by `until`; before that it must not count as unhandled.
    this.#reading.catch(() => {})
  }

  /** Resolves when it has heard so many; rejects when it cannot. */
  async until(count: number): Promise<void> {
    while (this.#delays.length < count) {
      const more = new Promise<void>((resolve) => {
        this.#heardMore = resolve
      })
      await Promise.race([more, this.#reading])
    }
  }

  /** How long messages were on their way: from that number on. */
  delaysFrom(number: number): readonly number[] {
    return this.#delays.slice(number)
  }

  async #read(): Promise<never> {
    for (;;) {
      const number = /number (\d+) x/.exec(await this.guest.nextText())?.[1]
      if (number === undefined) continue
      const expected = this.#delays.length
      assert.equal(Number(number), expected, 'every message, in order')
      this.#delays.push(performance.now() - this.#writtenAt[expected]!)
      this.#heardMore()
    }
  }
}

/** What 99 of 100 are not above. */
export function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.99) - 1]!
}
