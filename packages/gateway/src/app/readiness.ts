import type { Clock } from '../ports/clock.ts'
import type { Readiness } from './operations.ts'

export type Phase = 'starting' | 'ready' | 'draining'

interface ReadinessOptions {
  readonly phase: () => Phase
  /** Rejects while the store cannot keep anything. */
  readonly store: () => Promise<unknown>
  readonly clock: Pick<Clock, 'after'>
}

/** How long the store may take for its answer, in milliseconds. */
const patience = 2000

/** Asks the store itself: a gateway whose store does not answer, or cannot write, can keep nothing and should get no work. */
export function readinessOf({ phase, store, clock }: ReadinessOptions): Readiness {
  return async () => {
    const now = phase()
    if (now !== 'ready') return now
    return (await answers(store, clock)) ? null : 'store'
  }
}

function answers(store: () => Promise<unknown>, clock: Pick<Clock, 'after'>): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(patience, () => resolve(false))
    const settle = (answered: boolean) => () => {
      cancel()
      resolve(answered)
    }
    store().then(settle(true), settle(false))
  })
}
