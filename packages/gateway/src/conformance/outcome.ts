import type { Scenario } from './scenario.ts'

/** What became of one scenario. */
export interface Outcome {
  readonly name: Scenario['name']
  readonly origin: Scenario['origin']
  readonly result: 'passed' | 'failed' | 'not applicable'
  /** Why it was not tried. */
  readonly why?: string
  readonly failure?: Failure
}

export interface Failure {
  /** Counted from 1. */
  readonly step: number
  readonly doing: string
  readonly says: string
  /** Everything that was sent and came, in order, one line each. */
  readonly seen: readonly string[]
}

/** A step did not go as the scenario says. */
export class StepFailed extends Error {}

/** The scenario cannot be tried with this server. */
export class NotApplicable extends Error {}
