import type { LookupFunction } from 'node:net'
import type { Delivery } from '../../model/delivery.ts'
import type { Clock, Random } from '../../ports/clock.ts'
import type { Outbox } from '../../ports/engine.ts'
import type { Log, Metrics } from '../../ports/log.ts'
import { publicLookup } from './addresses.ts'
import { Holds } from './holds.ts'
import { Ledger } from './ledger.ts'
import { parseWebhookLink, type WebhookLink } from './link.ts'
import { post } from './post.ts'
import type { DiscordSettings } from './settings.ts'
import { judge, type Verdict } from './verdict.ts'
import { toParts, toUsername } from './wording.ts'

export interface CourierTools {
  readonly outbox: Outbox
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly settings: DiscordSettings
}

/**
 * For this many milliseconds a webhook that was found dead is not asked again; what comes meanwhile is given up for the same
 * reason. Discord shuts out an address that makes too many requests it must refuse, and with it all webhooks of the gateway.
 */
const deadFor = 60_000

/** Takes deliveries to their webhooks. What has arrived is written down before anything else is posted there. */
export class Courier {
  readonly #tools: CourierTools
  readonly #ledger: Ledger
  readonly #holds: Holds
  readonly #lookup: LookupFunction = publicLookup()
  #stopped = false

  constructor(tools: CourierTools) {
    this.#tools = tools
    this.#ledger = new Ledger(tools.outbox, tools.clock, tools.log)
    this.#holds = new Holds(tools.clock)
  }

  /** From now on nothing more is posted; what is under way is finished. */
  stop(): void {
    this.#stopped = true
    this.#ledger.stop()
  }

  /**
   * Afterwards the delivery is done, postponed or buried, unless the courier was stopped. One at a time for each URL.
   * Never rejects: a delivery that makes us fail is buried, since it would do so for ever and hold up those behind it.
   */
  async carry(delivery: Delivery): Promise<void> {
    try {
      await this.#carry(delivery)
    } catch (error) {
      // Of an error only the stack: other properties of it may hold the link.
      const stack = error instanceof Error ? error.stack : undefined
      this.#tools.log.error({ delivery: delivery.id, stack }, 'a webhook message could not be handled')
      await this.#ledger.bury(delivery, 'the gateway made a mistake with it')
    }
  }

  async #carry(delivery: Delivery): Promise<void> {
    const hold = this.#holds.get(delivery.url)
    if (hold !== null) {
      if (hold.deadBecause === null) return this.#ledger.postpone(delivery, {}, hold.left)
      return this.#ledger.bury(delivery, hold.deadBecause)
    }
    const link = this.#readLink(delivery.url)
    if (link === null) return this.#ledger.bury(delivery, 'the link is not one this gateway posts to')
    const parts = toParts(delivery.content)
    if (parts.length === 0) return this.#ledger.bury(delivery, 'there is nothing to say')
    await this.#carryParts(delivery, link, parts)
  }

  /** A link that was taken once need not be any more: the operator's list of hosts may have changed. */
  #readLink(url: string): WebhookLink | null {
    try {
      return parseWebhookLink(url, this.#tools.settings)
    } catch {
      return null
    }
  }

  async #carryParts(delivery: Delivery, link: WebhookLink, parts: readonly string[]): Promise<void> {
    for (let sent = delivery.partsSent; sent < parts.length; ) {
      if (this.#stopped) return
      const verdict = await this.#post(delivery, link, parts[sent]!)
      if (verdict.kind !== 'arrived') return this.#notArrived({ ...delivery, partsSent: sent }, link, verdict)
      sent += 1
      if (sent === parts.length) {
        if (verdict.pause > 0) this.#holds.set(delivery.url, verdict.pause, null)
        break
      }
      await this.#ledger.postpone(delivery, { partsSent: sent }, verdict.pause)
      if (verdict.pause > 0) return
    }
    await this.#ledger.done(delivery)
  }

  async #post(delivery: Delivery, link: WebhookLink, content: string): Promise<Verdict> {
    const { clock, metrics, random, settings } = this.#tools
    const answer = await post(
      link,
      { username: toUsername(delivery.authorName), content, allowed_mentions: { parse: [] } },
      { clock, timeout: settings.timeout, lookup: this.#lookup },
    )
    const verdict = judge(answer, delivery.attempts + 1, settings, random)
    metrics.count('discord_posts_total', 1, { outcome: verdict.kind })
    return verdict
  }

  #notArrived(
    delivery: Delivery,
    link: WebhookLink,
    verdict: Exclude<Verdict, { kind: 'arrived' }>,
  ): Promise<void> {
    if (verdict.kind === 'refused') {
      if (verdict.dead) this.#holds.set(delivery.url, deadFor, verdict.reason)
      return this.#giveUp(delivery, link, verdict.reason)
    }
    if (verdict.failure === null) return this.#ledger.postpone(delivery, {}, verdict.pause)
    const attempts = delivery.attempts + 1
    if (attempts >= this.#tools.settings.attempts) {
      return this.#giveUp(delivery, link, `tried ${attempts} times in vain, at last: ${verdict.failure}`)
    }
    return this.#ledger.postpone(delivery, { attempts }, verdict.pause)
  }

  #giveUp(delivery: Delivery, link: WebhookLink, reason: string): Promise<void> {
    const { id, room } = delivery
    this.#tools.log.warn(
      { delivery: id, room, webhook: link.webhookId, reason },
      'a webhook message was given up',
    )
    return this.#ledger.bury(delivery, reason)
  }
}
