import type { Delivery } from '../../model/delivery.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Outbox } from '../../ports/engine.ts'
import type { Log } from '../../ports/log.ts'

/** The pause before a write that the store refused is tried again, in milliseconds. */
const storeRetry = 1000

/**
 * Writes down what became of deliveries, and does not let go until it is written: a delivery that has arrived, but is still
 * due, would be posted again and again for as long as the store fails.
 */
export class Ledger {
  readonly #outbox: Outbox
  readonly #clock: Clock
  readonly #log: Log
  readonly #waiting = new Set<() => void>()
  #stopped = false

  constructor(outbox: Outbox, clock: Clock, log: Log) {
    this.#outbox = outbox
    this.#clock = clock
    this.#log = log
  }

  done(delivery: Delivery): Promise<void> {
    return this.#keep(delivery, () => this.#outbox.done(delivery.id))
  }

  /** `pause` in milliseconds from now. */
  postpone(
    delivery: Delivery,
    progress: { attempts?: number; partsSent?: number },
    pause: number,
  ): Promise<void> {
    const { id, attempts, partsSent } = { ...delivery, ...progress }
    const dueAt = this.#clock.now() + Math.ceil(pause)
    return this.#keep(delivery, () => this.#outbox.postpone(id, attempts, partsSent, dueAt))
  }

  bury(delivery: Delivery, reason: string): Promise<void> {
    return this.#keep(delivery, () => this.#outbox.bury(delivery.id, reason))
  }

  /** Writes that wait for the store are tried once more, then given up. */
  stop(): void {
    this.#stopped = true
    for (const goOn of this.#waiting) goOn()
  }

  async #keep(delivery: Delivery, write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await write()
      } catch (error) {
        this.#log.error(
          { delivery: delivery.id, err: error },
          'what became of a webhook message was not kept',
        )
        if (this.#stopped) return
        await this.#pause()
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const goOn = () => {
        cancel()
        this.#waiting.delete(goOn)
        resolve()
      }
      const cancel = this.#clock.after(storeRetry, goOn)
      this.#waiting.add(goOn)
    })
  }
}
