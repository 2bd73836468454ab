import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Position } from '../../src/model/position.ts'

/** What the process tells: it has the store, an act of its was acknowledged, or where the log of its room stands. */
export type Told =
  | 'open'
  | { readonly acknowledged: { id: string; seq: number } }
  | { readonly head: Position }

/** An order to the process: write without end, write that many messages and tell the head. */
export type Order = 'write' | { readonly messages: number }

const program = new URL('./store-process-main.ts', import.meta.url)

/** A process of its own that has a store open, to be killed. */
export class StoreProcess {
  readonly acknowledged: { id: string; seq: number }[] = []
  readonly #child: ChildProcess
  /** Several can be read in one turn: none may be missed while nobody waits. */
  readonly #untold: Told[] = []
  /** Resolves when it has ended and the last message that it sent has been read. */
  readonly #closed: Promise<void>
  #alive = true

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#closed = once(child, 'close').then(() => {
      this.#alive = false
    })
    child.on('message', (told: Told) => {
      if (typeof told === 'object' && 'acknowledged' in told) this.acknowledged.push(told.acknowledged)
      this.#untold.push(told)
    })
  }

  static async open(path: string): Promise<StoreProcess> {
    const child = fork(program, [path], { execArgv: [] })
    const held = new StoreProcess(child)
    await held.#told()
    return held
  }

  /** Writes that many messages, and says where the log stands then. */
  async write(messages: number): Promise<Position> {
    this.#child.send({ messages } satisfies Order)
    for (;;) {
      const told = await this.#told()
      if (typeof told === 'object' && 'head' in told) return told.head
    }
  }

  /** Writes without end, until so many acts have been acknowledged; then `kill -9`. */
  async killAfter(acknowledged: number): Promise<void> {
    this.#child.send('write' satisfies Order)
    while (this.acknowledged.length < acknowledged) await this.#told()
    await this.kill()
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  async #told(): Promise<Told> {
    while (this.#untold.length === 0) {
      // One that has ended tells nothing more, and nothing would be left that could wake the test.
      assert.ok(this.#alive, 'the process that has the store ended by itself')
      await Promise.race([once(this.#child, 'message'), this.#closed])
    }
    return this.#untold.shift()!
  }
}
