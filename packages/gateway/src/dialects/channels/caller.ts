import { bearerOf } from '../../model/bearer.ts'
import { type Actor, anonymous } from '../../model/participant.ts'
import { Problem } from '../../model/problem.ts'
import type { Accounts } from '../../ports/core.ts'
import type { HttpRequest } from '../../ports/http.ts'

/** Who is asking. `expiresAt`: when the token ends, in milliseconds since 1970. */
export type Caller = Actor & { readonly expiresAt?: number }

/** What requests and handshakes both have. */
export type Asking = Pick<HttpRequest, 'query' | 'header'>

/** Query parameters that hold a credential. They never become a payload. */
export const credentialParameters = ['token', 'participantId'] as const

/**
 * Who is asking, by `Authorization: Bearer …`, `?token=` or `?participantId=` (each a token, or a participant's credential);
 * without any of them, anonymous. Rejects with `unauthorized`, `token_invalid`, `token_expired` or `unknown_participant`.
 */
export async function callerOf(accounts: Accounts, channel: string, asking: Asking): Promise<Caller> {
  const credential = credentialOf(asking)
  return credential === null ? anonymous : accounts.bearer(channel, credential)
}

function credentialOf({ query, header }: Asking): string | null {
  return bearerOf(header('authorization')) ?? query.get('token') ?? query.get('participantId')
}

/**
 * A browser sends a page's GET to any site without asking, so a page of another site could emit and listen with the rights of
 * its reader's network. Where a browser leaves `Origin` out, as for images, it says so in `Sec-Fetch-Site` (W3C Fetch Metadata
 * §2.3). Throws `origin_not_allowed`.
 */
export function checkSite({ header, originAllowed }: Pick<HttpRequest, 'header' | 'originAllowed'>): void {
  const isNamed = header('origin') !== undefined
  const isForeign = header('sec-fetch-site')?.toLowerCase() === 'cross-site'
  if (!originAllowed || (isForeign && !isNamed)) throw new Problem('origin_not_allowed')
}
