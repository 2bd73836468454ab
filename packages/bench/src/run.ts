import { generate } from './generate.ts'
import type { Scenario } from './scenario.ts'
import type { Figures } from './tasks/task.ts'

/** What each repetition measured, by the label of the subject. */
export type Measured = ReadonlyMap<string, readonly Figures[]>

/**
 * Measures every subject once, then every subject again, so that what disturbs the machine for a while disturbs all of them. Each
 * measurement has a server and a load generator of its own.
 */
export async function run(scenario: Scenario, progress: (line: string) => void): Promise<Measured> {
  const measured = new Map<string, Figures[]>()
  for (let repetition = 1; repetition <= scenario.repetitions; repetition++) {
    for (const { label, peer, task, options } of scenario.subjects) {
      if (peer.missing() !== null) continue
      const { stop, ...target } = await peer.start(scenario.inspectable ?? false)
      try {
        const figures = await generate({ task, target, options })
        measured.set(label, [...(measured.get(label) ?? []), figures])
        progress(
          `${scenario.name}, ${label}, ${repetition} of ${scenario.repetitions}: ${JSON.stringify(figures)}`,
        )
      } finally {
        await stop()
      }
    }
  }
  return measured
}
