import type { Config } from './schema.ts'
import { eventMistakes } from './service-events.ts'

/** A key of HS256 should have as many bits as its hash (RFC 7518 §3.2); random text of this length has. */
const shortestSecret = 32

/** What is wrong between keys that are right each by itself. */
export interface Contradiction {
  readonly keys: readonly string[]
  readonly says: string
}

export function contradictions(config: Config): Contradiction[] {
  const { mode, secret, servicesSecret, jwt, limits, sessions, discord, comms, rooms } = config
  const found: Contradiction[] = []
  const refuse = (says: string, ...keys: string[]): void => {
    found.push({ keys, says: `config: ${keys[0]} ${says}` })
  }
  if (mode === 'production') {
    if (secret === null) {
      refuse(
        'must be set in production mode: put a random text into PARLANCE_SECRET, made for example by "openssl rand -base64 48"',
        'secret',
        'mode',
      )
    }
    for (const [key, value] of Object.entries({ secret, servicesSecret })) {
      if (value === null || value.length >= shortestSecret) continue
      const says = `must have at least ${shortestSecret} characters in production mode, got ${value.length}`
      refuse(says, key, 'mode')
    }
    if (jwt.jwksUrl?.startsWith('http:')) {
      refuse('must be https in production mode: whoever answers it signs tokens', 'jwt.jwksUrl', 'mode')
    }
  }
  if (limits.hardBacklog < limits.softBacklog) {
    refuse('must be at least limits.softBacklog', 'limits.hardBacklog', 'limits.softBacklog')
  }
  if (limits.totalBacklog < limits.hardBacklog) {
    refuse('must be at least limits.hardBacklog', 'limits.totalBacklog', 'limits.hardBacklog')
  }
  // All of a replay is written at once, and in an encrypted connection a third longer.
  if (sessions.replayBytes > limits.hardBacklog / 2) {
    refuse('must be at most half of limits.hardBacklog', 'sessions.replayBytes', 'limits.hardBacklog')
  }
  if ([...comms.defaultChannel].length > rooms.maxName) {
    refuse('must have at most rooms.maxName characters', 'comms.defaultChannel', 'rooms.maxName')
  }
  if (discord.longestRetry < discord.firstRetry) {
    refuse('must be at least discord.firstRetry', 'discord.longestRetry', 'discord.firstRetry')
  }
  const eventKeys = ['services.events', 'services.types']
  return [...found, ...eventMistakes(config).map((says) => ({ keys: eventKeys, says }))]
}
