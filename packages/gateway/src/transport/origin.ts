const loopback = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/

/**
 * Which web pages may talk to the gateway, by the `Origin` that browsers send (RFC 6454). Compared character by character:
 * another port, another case, a suffix, or `null` is foreign.
 */
export class OriginPolicy {
  readonly #allowed: ReadonlySet<string>
  readonly #allowsLoopback: boolean

  /** In development mode an empty list stands for all pages of this machine. */
  constructor(allowed: readonly string[], mode: 'development' | 'production') {
    this.#allowed = new Set(allowed)
    this.#allowsLoopback = mode === 'development' && allowed.length === 0
  }

  /** Without an origin it is not a browser's page that asks. A page of the gateway's own host is not foreign either. */
  allows(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.#allowed.has(origin)) return true
    if (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)) return true
    return this.#allowsLoopback && loopback.test(origin)
  }
}
