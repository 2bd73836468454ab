import { Problem } from '../../model/problem.ts'

/** First path segments that belong to other doors of the gateway. */
const reserved: ReadonlySet<string> = new Set([
  'gateway',
  'comms',
  'ws',
  'messenger',
  'api',
  'v1',
  'admin',
  'healthz',
  'readyz',
  'metrics',
])

/**
 * A channel's name, given percent-decoded (null: it could not be decoded). Throws unless it is 1 to 200 characters, none of them a control
 * character, which would end up in logs and terminals, and not reserved.
 */
export function checkChannelName(name: string | null | undefined): string {
  if (name === null || name === undefined || name === '' || [...name].length > 200 || /\p{Cc}/u.test(name)) {
    throw new Problem(
      'invalid_request',
      'A channel name is 1 to 200 characters, percent-encoded where it is not of A–Z, a–z, 0–9 or "_.~-".',
    )
  }
  if (reserved.has(name)) {
    throw new Problem(
      'reserved_name',
      `A channel may not be called "${name}": the gateway has a route of that name.`,
    )
  }
  return name
}

/** Tells whether a channel fits one of the patterns, in which `*` stands for any characters and the rest for itself. */
export function matcher(patterns: readonly string[]): (channel: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    return new RegExp(`^${parts.join('.*')}$`, 'su')
  })
  return (channel) => expressions.some((expression) => expression.test(channel))
}
