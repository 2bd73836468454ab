import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type ConformanceGateways,
  startConformanceGateways,
} from '../../test/support/conformance-gateways.ts'
import { type Fault, WrongServer } from '../../test/support/wrong-server.ts'
import type { Outcome } from './outcome.ts'
import { runSuite } from './run.ts'
import type { DialectName, Scenario } from './scenario.ts'
import type { ServerUnderTest } from './server.ts'
import { suites } from './suites.ts'

/** How long what was dropped is waited for, in milliseconds: that a slow answer counts as none does no harm here. */
const soon = 200

async function outcomeOf(dialect: DialectName, scenario: Scenario, server: ServerUnderTest, timeout: number) {
  const options = { server, waiting: { timeout, patience: 20_000 } }
  const outcomes: Outcome[] = []
  for await (const outcome of runSuite({ ...suites[dialect], scenarios: [scenario] }, options))
    outcomes.push(outcome)
  return outcomes[0]!.result
}

/** Whether some message of the scenario can be wrong in this way without the scenario passing. From the last one on. */
async function notices(
  dialect: DialectName,
  scenario: Scenario,
  kind: Fault['kind'],
  wrong: WrongServer,
  server: ServerUnderTest,
  messages: number,
): Promise<boolean> {
  for (let index = messages - 1; index >= 0; index--) {
    wrong.commit({ kind, index })
    const result = await outcomeOf(dialect, scenario, server, kind === 'drop' ? soon : 5000)
    if (result === 'failed') return true
  }
  return false
}

/** What goes unnoticed in a scenario: `change`, `drop`, `double`. */
async function unnoticed(
  dialect: DialectName,
  scenario: Scenario,
  kinds: readonly Fault['kind'][],
  { calm, quick }: ConformanceGateways,
): Promise<string[]> {
  const behind = waitsForClock(scenario) ? quick : calm
  const wrong = await WrongServer.before(behind.url)
  try {
    const server = { ...behind, url: wrong.url }
    assert.equal(
      await outcomeOf(dialect, scenario, server, 10_000),
      'passed',
      `${scenario.name}, through a proxy`,
    )
    const messages = wrong.count
    const possible = kinds.filter((kind) => kind !== 'double' || wrong.frames > 0)
    const left: string[] = []
    for (const kind of possible) {
      if (!(await notices(dialect, scenario, kind, wrong, server, messages)))
        left.push(`${kind}: ${scenario.name}`)
    }
    return left
  } finally {
    wrong.close()
  }
}

function waitsForClock({ steps }: Scenario): boolean {
  return steps.some((step) => 'clock' in step)
}

/** Side by side, each on gateways of its own: on one bus, services would take one another's work. */
const workers = 4

async function allUnnoticed(dialect: DialectName): Promise<string[]> {
  const waiting = [...suites[dialect].scenarios.entries()]
  const left: string[] = []
  const work = async () => {
    const gateways = await startConformanceGateways()
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, scenario] = next
        // To drop something and to send something twice takes a while, so that each is done to every other scenario.
        const kinds: Fault['kind'][] = ['change', index % 2 === 0 ? 'drop' : 'double']
        left.push(...(await unnoticed(dialect, scenario, kinds, gateways)))
      }
    } finally {
      await gateways.dispose()
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return left
}

describe('with a wrong server', () => {
  for (const dialect of Object.keys(suites) as DialectName[]) {
    it(`every scenario of ${dialect} fails`, async () => assert.deepEqual(await allUnnoticed(dialect), []))
  }
})
