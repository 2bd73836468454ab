import { Problem } from '../../../model/problem.ts'

/** A number among the query parameters, which the route's schema has checked; null when it is not there. */
export function numberIn(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  return text === null ? null : Number(text)
}

/** A message's number in a path. What is no number names no message: `unknown_message`. */
export function messageNumber(text: string | undefined): number {
  const value = /^[1-9][0-9]{0,15}$/.test(text ?? '') ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new Problem('unknown_message')
  return value
}
