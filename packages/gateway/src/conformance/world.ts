import { randomBytes } from 'node:crypto'
import type { Network } from './network.ts'
import { realNetwork } from './real-network.ts'
import { realTime, type Time } from './time.ts'

/** What a run needs of the world outside. */
export interface World {
  readonly network: Network
  readonly time: Time
  /** Names that nobody has used, for one run of a scenario. */
  readonly names: () => Names
}

export interface Names {
  /** Eight letters and digits. */
  readonly run: string
  /** A positive integer below 2^53. */
  readonly number: number
}

export const realWorld: World = {
  network: realNetwork,
  time: realTime,
  names: () => ({ run: randomBytes(4).toString('hex'), number: randomBytes(6).readUIntBE(0, 6) + 1 }),
}
