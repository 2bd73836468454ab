import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import fc, { type IAsyncProperty } from 'fast-check'

/** A case that once showed a mistake, as fast-check names it: both are in what the failure printed, and belong to the arbitraries of then. */
interface Regression {
  readonly seed: number
  readonly path: string
}

/** By the name of the model; each stays in every run from then on. */
const regressions: Readonly<Record<string, readonly Regression[]>> = JSON.parse(
  readFileSync(new URL('../regressions.json', import.meta.url), 'utf8'),
)

/** What takes a while, in one run of so many; null in the others. */
export function seldom<Given>(arbitrary: fc.Arbitrary<Given>, oneIn: number): fc.Arbitrary<Given | null> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })
}

/** Checks a model: first the cases that once failed, then those of a new seed, or of the one that `SEED` says. The seed is printed. */
export async function holds<Given>(
  t: TestContext,
  name: string,
  property: IAsyncProperty<Given>,
  numRuns: number,
): Promise<void> {
  const seed = process.env.SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(process.env.SEED)
  t.diagnostic(`${name}: ${numRuns} runs, seed ${seed}`)
  for (const failed of regressions[name] ?? []) await fc.assert(property, { ...failed, endOnFailure: true })
  await fc.assert(property, { seed, numRuns, endOnFailure: true })
}
