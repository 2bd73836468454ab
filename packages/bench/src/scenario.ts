import type { Job } from './generator.ts'
import type { Peer } from './peers/peer.ts'

/** One way of measuring, done to several servers in turns. */
export interface Scenario {
  readonly name: string
  /** What is done, for whoever reads the figures. */
  readonly says: string
  readonly subjects: readonly Subject[]
  readonly repetitions: number
  /** Memory is measured: garbage is collected first. */
  readonly inspectable?: boolean
  /** What the others are compared with: labels of subjects. None: the figures stand for themselves. */
  readonly ours: readonly string[]
}

export interface Subject {
  readonly label: string
  readonly peer: Peer
  readonly task: Job['task']
  readonly options: unknown
}
