import { Problem } from './problem.ts'

/** Where in a room's log something stands. `seq` counts the room's durable events 1, 2, 3… without a gap; 0 is before the first. */
export interface Position {
  /** Names the history that `seq` counts in. Opaque: only the engine that gave it can judge it. */
  readonly epoch: string
  readonly seq: number
}

const wholeNumber = /^(0|[1-9][0-9]{0,15})$/

/** Takes a position out of text (query parameters). Throws `invalid_position` unless `seq` is a whole number from 0 to 2^53 − 1. */
export function parsePosition(seq: string, epoch: string | null): Position {
  const value = wholeNumber.test(seq) ? Number(seq) : Number.NaN
  if (!Number.isSafeInteger(value)) {
    throw new Problem(
      'invalid_position',
      `"since" must be a whole number from 0 to 9007199254740991, got "${seq.slice(0, 40)}".`,
    )
  }
  if (!epoch || epoch.length > 100) {
    throw new Problem('invalid_position', '"epoch" must be the one that came with the position.')
  }
  return { epoch, seq: value }
}
