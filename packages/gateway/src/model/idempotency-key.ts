import { Problem } from './problem.ts'

/** An `Idempotency-Key` header as it is taken: names the request among its sender's. Throws `invalid_request` for one that is empty or too long. */
export function idempotencyKeyOf(header: string | undefined, longest: number): string | undefined {
  if (header === undefined || (header.length >= 1 && header.length <= longest)) return header
  throw new Problem('invalid_request', `"Idempotency-Key" must have 1 to ${longest} characters.`)
}
