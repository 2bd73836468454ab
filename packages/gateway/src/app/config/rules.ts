import type { Config } from './schema.ts'
import { eventMistakes } from './service-events.ts'

/** A key of HS256 should have as many bits as its hash (RFC 7518 §3.2); random text of this length has. */
const shortestSecret = 32

/** What is wrong between keys that are right each by itself. */
export function contradictions(config: Config): string[] {
  const { mode, secret, servicesSecret, jwt, limits, discord } = config
  const found: string[] = []
  const production = mode === 'production'
  if (production && secret === null) {
    found.push(
      'config: secret must be set in production mode: put a random text into PARLANCE_SECRET, made for example by "openssl rand -base64 48"',
    )
  }
  if (production && secret !== null && secret.length < shortestSecret) {
    found.push(
      `config: secret must have at least ${shortestSecret} characters in production mode, got ${secret.length}`,
    )
  }
  if (production && servicesSecret !== null && servicesSecret.length < shortestSecret) {
    found.push(
      `config: servicesSecret must have at least ${shortestSecret} characters in production mode, got ${servicesSecret.length}`,
    )
  }
  if (production && jwt.jwksUrl?.startsWith('http:')) {
    found.push('config: jwt.jwksUrl must be https in production mode: whoever answers it signs tokens')
  }
  if (limits.hardBacklog < limits.softBacklog) {
    found.push('config: limits.hardBacklog must be at least limits.softBacklog')
  }
  if (limits.totalBacklog < limits.hardBacklog) {
    found.push('config: limits.totalBacklog must be at least limits.hardBacklog')
  }
  if (discord.longestRetry < discord.firstRetry) {
    found.push('config: discord.longestRetry must be at least discord.firstRetry')
  }
  return [...found, ...eventMistakes(config)]
}
