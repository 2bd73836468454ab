import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRandom } from '../../src/app/random.ts'
import { openEmbeddedEngine } from '../../src/engines/embedded/engine.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Engine } from '../../src/ports/engine.ts'
import type { Log } from '../../src/ports/log.ts'
import { noon } from '../contracts/engine/acts.ts'
import type { EngineUnderTest } from '../contracts/engine/under-test.ts'
import { ManualClock } from './manual-clock.ts'

const silent: Log = { info() {}, warn() {}, error() {} }

export interface EmbeddedUnderTest extends EngineUnderTest {
  readonly path: string
}

export function openEngineAt(path: string, clock: Clock = new ManualClock(noon)): Promise<Engine> {
  return openEmbeddedEngine({ path, clock, random: systemRandom, log: silent })
}

/** An engine on a file in a folder of its own. */
export async function openTestEngine(): Promise<EmbeddedUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-engine-'))
  const path = join(folder, 'parlance.db')
  const clock = new ManualClock(noon)
  let engine = await openEngineAt(path, clock)
  return {
    path,
    clock,
    get engine() {
      return engine
    },
    async reopen() {
      await engine.close()
      engine = await openEngineAt(path, clock)
    },
    async dispose() {
      await engine.close()
      rmSync(folder, { recursive: true })
    },
  }
}
