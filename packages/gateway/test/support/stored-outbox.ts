import assert from 'node:assert/strict'
import type { Delivery } from '../../src/model/delivery.ts'
import { act, create, message } from '../contracts/engine/acts.ts'
import { type EmbeddedUnderTest, openTestEngine } from './embedded-engine.ts'
import { MemoryOutbox } from './memory-outbox.ts'

const everything = 1000

/**
 * The embedded engine's outbox. What a bridge asks is answered by the engine, and what it writes is written there first; the
 * outbox in memory goes along, so that a test can look and wait. At the end the two must say the same.
 */
export class StoredOutbox extends MemoryOutbox {
  readonly #under: EmbeddedUnderTest
  /** The room with each link. */
  readonly #rooms = new Map<string, string>()

  static async open(): Promise<StoredOutbox> {
    return new StoredOutbox(await openTestEngine())
  }

  private constructor(under: EmbeddedUnderTest) {
    super()
    this.#under = under
  }

  get #outbox() {
    return this.#under.engine.outbox
  }

  override async put(url: string, content: string, authorName = 'Ada'): Promise<number> {
    const { engine } = this.#under
    const room = this.#rooms.get(url) ?? `room${this.#rooms.size}`
    const actor = { userId: 'ada', name: authorName, admin: true }
    if (!this.#rooms.has(url)) {
      this.#rooms.set(url, room)
      await engine.commit(act(create({ discordWebhookLink: url }), { room, actor, at: 0 }))
    }
    await engine.commit(act(message(content), { room, actor, at: 0 }))
    return super.put(url, content, authorName)
  }

  override restart(): Promise<void> {
    return this.#under.reopen()
  }

  override due(now: number, limit: number): Promise<Delivery[]> {
    return this.#outbox.due(now, limit)
  }

  override nextDue(): Promise<number | null> {
    return this.#outbox.nextDue()
  }

  override async done(id: number): Promise<void> {
    if (this.failure === null) await this.#outbox.done(id)
    return super.done(id)
  }

  override async postpone(id: number, attempts: number, partsSent: number, dueAt: number): Promise<void> {
    if (this.failure === null) await this.#outbox.postpone(id, attempts, partsSent, dueAt)
    return super.postpone(id, attempts, partsSent, dueAt)
  }

  override async bury(id: number, reason: string): Promise<void> {
    if (this.failure === null) await this.#outbox.bury(id, reason)
    return super.bury(id, reason)
  }

  override dead(limit: number): Promise<Delivery[]> {
    return this.#outbox.dead(limit)
  }

  override async dispose(): Promise<void> {
    const now = Number.MAX_SAFE_INTEGER
    const plain = (deliveries: readonly Delivery[]) =>
      deliveries.map(({ room: _, ...delivery }) => delivery).toSorted((a, b) => a.id - b.id)
    assert.deepEqual(plain(await this.due(now, everything)), plain(await super.due(now, everything)))
    assert.deepEqual(plain(await this.dead(everything)), plain(await super.dead(everything)))
    await this.#under.dispose()
  }
}
