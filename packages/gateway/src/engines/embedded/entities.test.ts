import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entitiesContract } from '../../../test/contracts/entities.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { openEmbeddedEngine } from './engine.ts'

entitiesContract('the embedded engine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-entities-'))
  let runs = 0
  const open = () =>
    openEmbeddedEngine({
      path: join(folder, 'parlance.db'),
      clock: new ManualClock(),
      random: { id: () => `run-${runs++}`, integer: () => 0 },
      log: { info() {}, warn() {}, error() {} },
    })
  let engine = await open()
  return {
    get entities() {
      return engine.entities
    },
    async reopen() {
      await engine.close()
      engine = await open()
    },
    async dispose() {
      await engine.close()
      rmSync(folder, { recursive: true })
    },
  }
})
