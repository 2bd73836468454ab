import { asProblem, Problem, type ProblemCode } from '../../model/problem.ts'
import { isStoreFailure } from './database.ts'

/** A `Problem` on its way between threads, which carry no classes. */
export interface Refusal {
  readonly refused: ProblemCode
  readonly message: string
  readonly retryAfter: number | undefined
  /** What was thrown, where it was no refusal by the rules: for the log, not for the caller. */
  readonly cause?: string
}

export function refusalOf(error: unknown): Refusal {
  const { code, message, retryAfter } = isStoreFailure(error) ? new Problem('store_failed') : asProblem(error)
  const refusal = { refused: code, message, retryAfter }
  if (error instanceof Problem) return refusal
  return { ...refusal, cause: (error instanceof Error && error.stack) || String(error) }
}

export function problemOf({ refused, message, retryAfter }: Refusal): Problem {
  return new Problem(refused, message, retryAfter)
}
