import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import { Problem } from '../model/problem.ts'

/** What is wrong with a token that names no key of the set; everything else is wrong with the set. */
const wrongTokens: ReadonlySet<string> = new Set([
  errors.JWKSNoMatchingKey.code,
  errors.JWKSMultipleMatchingKeys.code,
  errors.JOSENotSupported.code,
])

/**
 * The keys published at this address (JWK Set, RFC 7517), read when they are needed. Where they cannot be read, a token is not
 * bad, which would tell its bearer to get another: it rejects with `unavailable`.
 */
export function publishedKeys(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url))
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (error instanceof errors.JOSEError && wrongTokens.has(error.code)) throw error
      throw new Problem('unavailable', 'The keys of tokens cannot be read right now; try again.', 5)
    }
  }
}
