import { isIP } from 'node:net'
import { Problem } from '../../model/problem.ts'
import type { DiscordSettings } from './settings.ts'

export interface WebhookLink {
  /** What is posted to. A secret: who has it can post. */
  readonly url: string
  /** Names the webhook and opens nothing; the only part of a link that may be logged. */
  readonly webhookId: string
  /** One of the operator's own origins: its address is not looked at. */
  readonly trusted: boolean
}

type LinkSettings = Pick<DiscordSettings, 'hosts' | 'trustedOrigins'>

/**
 * The whole of a link, as text. It is matched before any URL parser has seen it: parsers forgive much (back slashes, tabs,
 * `user@`, dots and digits in other spellings), and each forgiven thing is a way to a host that was not meant.
 */
const shape =
  /^(https?:\/\/[a-z0-9.:-]+)\/api(?:\/v[0-9]{1,2})?\/webhooks\/([0-9]{1,20})\/[A-Za-z0-9_-]{1,200}$/

/** Takes a webhook's link apart. Throws `invalid_request`, with a sentence that has nothing of the link in it. */
export function parseWebhookLink(link: string, settings: LinkSettings): WebhookLink {
  const match = shape.exec(link)
  const [, origin = '', webhookId = ''] = match ?? []
  const trusted = settings.trustedOrigins.includes(origin)
  const allowed = settings.hosts.some((host) => origin === `https://${host}` && isName(host))
  if (match === null || !(trusted || allowed) || !URL.canParse(link))
    throw new Problem('invalid_request', expectation(settings))
  return { url: link, webhookId, trusted }
}

/** Refuses a link that the bridge would not post to: throws `invalid_request` with a sentence that says what is taken. */
export function checkWebhookLink(link: string, settings: LinkSettings): void {
  parseWebhookLink(link, settings)
}

/** Not an address in any spelling: for those the socket asks no look-up, and nothing would check where it leads. */
function isName(host: string): boolean {
  return isIP(host) === 0 && URL.parse(`https://${host}`)?.hostname === host
}

function expectation({ hosts }: LinkSettings): string {
  return `"discordWebhookLink" must be "https://<host>/api/webhooks/<number>/<token>" and nothing more, with one of the hosts ${hosts.join(', ')}.`
}
