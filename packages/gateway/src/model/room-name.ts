import { Problem } from './problem.ts'

/** First path segments that belong to other doors of the gateway, and so cannot be names of public rooms. */
export const reservedNames: ReadonlySet<string> = new Set([
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

/** Ids of rooms have so many characters in every protocol, so that no name may be longer. */
export const longestRoomName = 200

/**
 * The name of a public room, which is its id. Throws unless it is 1 to `longest` characters, none of them a control character, which would
 * end up in logs and terminals, or half a surrogate pair, which a store may not tell from another, and not reserved.
 */
export function checkRoomName(name: string, longest: number): string {
  if (name === '' || [...name].length > longest || /\p{Cc}/u.test(name) || !name.isWellFormed()) {
    throw new Problem(
      'invalid_request',
      `A room name is 1 to ${longest} characters, none of them a control character.`,
    )
  }
  if (reservedNames.has(name)) {
    throw new Problem(
      'reserved_name',
      `A room may not be called "${name}": the gateway has a route of that name.`,
    )
  }
  return name
}
