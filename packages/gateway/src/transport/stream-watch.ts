import { timeBetweenLooks } from './delivery-meter.ts'
import type { Surroundings } from './socket-connection.ts'
import { StreamConnection } from './stream-connection.ts'
import { deliveries } from './tcp-table.ts'

/**
 * Ends event streams whose listeners have vanished without a word. Nothing comes back over a stream, and the system goes on trying for
 * a quarter of an hour: the listener would be shown to the others all that time.
 */
export class StreamWatch {
  readonly #surroundings: Surroundings
  readonly #every: number
  #cancel: (() => void) | null = null

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#every = timeBetweenLooks(surroundings.limits.unacknowledged)
  }

  start(): void {
    this.#lookIn(this.#every)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #lookIn(ms: number): void {
    this.#cancel = this.#surroundings.clock.after(ms, () => void this.#look())
  }

  /** With tens of thousands of sockets a look takes a while, which must not add up to a later judgement. */
  async #look(): Promise<void> {
    const { clock, registry } = this.#surroundings
    const began = clock.monotonic()
    const streams = registry.all().filter((one) => one instanceof StreamConnection)
    const found = await deliveries(streams.map(({ socket }) => socket))
    for (const stream of streams) stream.check(found.get(stream.socket))
    if (this.#cancel !== null) this.#lookIn(Math.max(0, began + this.#every - clock.monotonic()))
  }
}
