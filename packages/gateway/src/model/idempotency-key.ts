import { Problem } from './problem.ts'

/** An `Idempotency-Key` header as it is taken: names the request among its sender's. Throws `invalid_request`. */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || (header.length >= 1 && header.length <= 200)) return header
  throw new Problem('invalid_request', '"Idempotency-Key" must have 1 to 200 characters.')
}
