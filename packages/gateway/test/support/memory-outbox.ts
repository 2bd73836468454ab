import type { Delivery } from '../../src/model/delivery.ts'
import type { Outbox } from '../../src/ports/engine.ts'

/** The outbox in memory, with the rules of the port. Stands for the store that outlives a bridge. */
export class MemoryOutbox implements Outbox {
  readonly #deliveries: Delivery[] = []
  #lastId = 0
  #waiters: { holds: () => boolean; go: () => void }[] = []
  /** Set to make every write fail. */
  failure: Error | null = null

  async put(url: string, content: string, authorName = 'Ada'): Promise<number> {
    const id = ++this.#lastId
    const progress = { attempts: 0, partsSent: 0, dueAt: 0, deadBecause: null }
    this.#deliveries.push({ id, room: 'lobby', url, authorName, content, ...progress })
    return id
  }

  /** As when the gateway is stopped and started. */
  async restart(): Promise<void> {}

  async dispose(): Promise<void> {}

  get(id: number): Delivery | undefined {
    return this.#deliveries.find((delivery) => delivery.id === id)
  }

  get waiting(): readonly Delivery[] {
    return this.#deliveries.filter(({ deadBecause }) => deadBecause === null)
  }

  /** Resolves when a write, or what is there already, makes `holds` true. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((go) => {
      this.#waiters.push({ holds, go })
      this.#wakeWaiters()
    })
  }

  async due(now: number, limit: number): Promise<Delivery[]> {
    return this.#heads()
      .filter(({ dueAt }) => dueAt <= now)
      .slice(0, limit)
  }

  async nextDue(): Promise<number | null> {
    const times = this.#heads().map(({ dueAt }) => dueAt)
    return times.length === 0 ? null : Math.min(...times)
  }

  async done(id: number): Promise<void> {
    this.#write(id, () => null)
  }

  async postpone(id: number, attempts: number, partsSent: number, dueAt: number): Promise<void> {
    this.#write(id, (delivery) => ({ ...delivery, attempts, partsSent, dueAt }))
  }

  async bury(id: number, reason: string): Promise<void> {
    this.#write(id, (delivery) => ({ ...delivery, deadBecause: reason }))
  }

  async dead(limit: number): Promise<Delivery[]> {
    return this.#deliveries.filter(({ deadBecause }) => deadBecause !== null).slice(0, limit)
  }

  #heads(): Delivery[] {
    const heads = new Map<string, Delivery>()
    for (const delivery of this.waiting) if (!heads.has(delivery.url)) heads.set(delivery.url, delivery)
    return [...heads.values()]
  }

  #write(id: number, change: (delivery: Delivery) => Delivery | null): void {
    if (this.failure !== null) throw this.failure
    const at = this.#deliveries.findIndex((delivery) => delivery.id === id)
    if (at === -1) throw new Error(`there is no delivery ${id}`)
    const changed = change(this.#deliveries[at]!)
    this.#deliveries.splice(at, 1, ...(changed === null ? [] : [changed]))
    this.#wakeWaiters()
  }

  #wakeWaiters(): void {
    const holding = this.#waiters.filter(({ holds }) => holds())
    this.#waiters = this.#waiters.filter((waiter) => !holding.includes(waiter))
    for (const { go } of holding) go()
  }
}
