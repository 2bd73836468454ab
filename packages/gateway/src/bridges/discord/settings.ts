export interface DiscordSettings {
  /** Hosts a webhook may be on, lower case. Reached by https on port 443 only, and never at a private address. */
  readonly hosts: readonly string[]
  /**
   * Origins (`http://127.0.0.1:8123`) that are posted to whatever their scheme, port and address: a relay of the operator's
   * own, or a server that a test has started. Everyone who may set a room's link can have posts sent there.
   */
  readonly trustedOrigins: readonly string[]
  /** How long one post may take from name look-up to the end of the answer, in milliseconds. */
  readonly timeout: number
  /** How many webhooks are posted to at the same time. */
  readonly inFlight: number
  /** How often a message is tried before it is given up. Being told to wait (429) does not count. */
  readonly attempts: number
  /** The pause after the first failure, in milliseconds; it doubles with each further one up to `longestRetry`. */
  readonly firstRetry: number
  readonly longestRetry: number
}

/** Twenty attempts with these pauses outlast an outage of about an hour. */
export const defaultDiscordSettings: DiscordSettings = {
  hosts: ['discord.com', 'discordapp.com', 'canary.discord.com', 'ptb.discord.com'],
  trustedOrigins: [],
  timeout: 5000,
  inFlight: 25,
  attempts: 20,
  firstRetry: 1000,
  longestRetry: 300_000,
}
