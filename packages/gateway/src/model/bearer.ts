import { Problem } from './problem.ts'

/**
 * What stands after `Bearer` in an `Authorization` header (RFC 6750 §2.1). Null without the header, and for another scheme, which is a
 * matter of some proxy's. Throws `unauthorized` where nothing, or too much, stands there: nobody who means to show something is anonymous.
 */
export function bearerOf(authorization: string | undefined): string | null {
  if (authorization === undefined || !/^bearer( |$)/i.test(authorization)) return null
  const bearer = /^bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (bearer === undefined) throw new Problem('unauthorized')
  return bearer
}
