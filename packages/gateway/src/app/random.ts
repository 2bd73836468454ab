import { randomInt } from 'node:crypto'
import { nanoid } from 'nanoid'
import type { Random } from '../ports/clock.ts'

/** The randomness of this machine, good enough for secrets. */
export const systemRandom: Random = {
  id: (length) => nanoid(length),
  integer: (below) => randomInt(below),
}
