import type { Delivery } from '../../model/delivery.ts'
import { Courier, type CourierTools } from './courier.ts'

export interface DiscordBridge {
  /** Something new may be due. */
  wake(): void
  /** Resolves when nothing is under way any more; what is left stays in the outbox. */
  stop(): Promise<void>
}

/**
 * Posts what waits in the outbox to Discord webhooks: in order for each webhook, several webhooks at the same time. It
 * sleeps until something is due.
 */
export function startDiscordBridge(tools: CourierTools): DiscordBridge {
  const bridge = new Bridge(tools)
  bridge.wake()
  return bridge
}

/** The sleep before the outbox is asked again is no shorter, so that an answer that never comes true costs little… */
const shortestSleep = 100
/** …and no longer, so that a jump of the wall clock, which `dueAt` is measured by, is noticed. */
const longestSleep = 60_000
/** The sleep after the outbox could not be read. All in milliseconds. */
const readRetry = 1000

class Bridge implements DiscordBridge {
  readonly #tools: CourierTools
  readonly #courier: Courier
  /** The webhooks something is on its way to, by URL. */
  readonly #underWay = new Map<string, Promise<void>>()
  #looking: Promise<void> | null = null
  #lookAgain = false
  #stopped = false
  #cancelSleep = () => {}

  constructor(tools: CourierTools) {
    this.#tools = tools
    this.#courier = new Courier(tools)
    tools.metrics.gauge('discord_in_flight', 'Webhooks being posted to', () => this.#underWay.size)
  }

  wake(): void {
    this.#lookAgain = true
    if (!this.#stopped && this.#looking === null) this.#looking = this.#look()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelSleep()
    this.#courier.stop()
    await this.#looking
    await Promise.all(this.#underWay.values())
  }

  async #look(): Promise<void> {
    this.#cancelSleep()
    let sleep: number | null = null
    while (this.#lookAgain && !this.#stopped) {
      this.#lookAgain = false
      sleep = await this.#startDue().catch((error: unknown) => {
        this.#tools.log.error({ err: error }, 'the outbox of webhook messages could not be read')
        return readRetry
      })
    }
    this.#looking = null
    if (sleep === null || this.#stopped) return
    this.#cancelSleep = this.#tools.clock.after(sleep, () => this.wake())
  }

  /** Starts what is due, as far as there is room for it. Says how long there is nothing else to do; null: until woken. */
  async #startDue(): Promise<number | null> {
    const { outbox, clock, settings } = this.#tools
    if (this.#underWay.size >= settings.inFlight) return null
    // What the outbox says of a webhook that something was on its way to when it was asked may be out of date by now.
    const uncertain = new Set(this.#underWay.keys())
    for (const delivery of await outbox.due(clock.now(), settings.inFlight)) {
      if (this.#underWay.size >= settings.inFlight) return null
      if (!this.#stopped && !uncertain.has(delivery.url)) this.#start(delivery)
    }
    const next = await outbox.nextDue()
    if (next === null) return null
    const sleep = next - clock.now()
    // What is due and has not been started waits for something under way, whose end wakes us.
    if (sleep <= 0 && this.#underWay.size > 0) return null
    return Math.min(Math.max(sleep, shortestSleep), longestSleep)
  }

  #start(delivery: Delivery): void {
    const carried = this.#courier.carry(delivery).finally(() => {
      this.#underWay.delete(delivery.url)
      this.wake()
    })
    this.#underWay.set(delivery.url, carried)
  }
}
