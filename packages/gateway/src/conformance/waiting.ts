import { NotApplicable } from './outcome.ts'
import type { Clockwork } from './scenario.ts'
import type { Waiting } from './server.ts'

/**
 * How long to wait, in milliseconds, and whether the server must have acted by then: when it acts by a clock that it has not told of, it
 * may just be slower. Throws `NotApplicable` for what is known to take longer than anybody wants to wait.
 */
export function limitOf(
  clock: Clockwork | undefined,
  { timeout, patience }: Waiting,
): { ms: number; isKnown: boolean } {
  if (clock === undefined) return { ms: timeout, isKnown: true }
  const takes = Number(clock.takes ?? Number.NaN)
  if (Number.isNaN(takes)) return { ms: patience, isKnown: false }
  if (takes > patience) {
    const seconds = Math.ceil(takes / 1000) + 1
    throw new NotApplicable(`the server takes ${takes} ms for this; give --patience ${seconds}`)
  }
  return { ms: takes + timeout, isKnown: true }
}
