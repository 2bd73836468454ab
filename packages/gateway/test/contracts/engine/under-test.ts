import type { Engine } from '../../../src/ports/engine.ts'
import type { ManualClock } from '../../support/manual-clock.ts'

/** An engine with a store of its own, and how to open that anew. */
export interface EngineUnderTest {
  /** The engine as opened last. */
  readonly engine: Engine
  /** The engine's: its time passes, and its wall clock jumps, as a test says. */
  readonly clock: ManualClock
  /** Closes the engine and opens another on the same store. */
  reopen(): Promise<void>
  /** Closes the engine and removes the store. */
  dispose(): Promise<void>
}
