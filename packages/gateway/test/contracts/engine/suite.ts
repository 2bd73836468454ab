import { test } from 'node:test'
import type { EngineUnderTest } from './under-test.ts'

/** Declares a test on an engine of its own. */
export type EngineTest = (says: string, check: (under: EngineUnderTest) => Promise<void>) => void

export function suite(name: string, open: () => Promise<EngineUnderTest>): EngineTest {
  return (says, check) => {
    test(`${name}: ${says}`, async () => {
      const under = await open()
      try {
        await check(under)
      } finally {
        await under.dispose()
      }
    })
  }
}
