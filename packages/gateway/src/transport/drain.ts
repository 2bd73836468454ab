import { Problem } from '../model/problem.ts'
import type { Clock } from '../ports/clock.ts'
import type { SocketConnection } from './socket-connection.ts'

const step = 50

/**
 * Tells every connection that the gateway goes down, spread evenly over `ms`, so that not all clients come back to its
 * neighbours in the same moment. Resolves when the last has been told.
 */
export async function tellAll(
  connections: readonly SocketConnection[],
  clock: Clock,
  ms: number,
): Promise<void> {
  const began = clock.monotonic()
  let told = 0
  while (told < connections.length) {
    const elapsed = clock.monotonic() - began
    const due = elapsed >= ms ? connections.length : Math.ceil((connections.length * elapsed) / ms)
    for (; told < due; told++) connections[told]!.refuse(new Problem('going_down'), true)
    if (told < connections.length) await pause(clock, Math.min(step, ms - elapsed))
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve)
  })
}

/** Resolves when the work is done, and after `ms` whether or not it is. */
export async function within(ms: number, work: Promise<void>, clock: Clock): Promise<void> {
  let cancel = (): void => {}
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve)
  })
  await Promise.race([work, over])
  cancel()
}
