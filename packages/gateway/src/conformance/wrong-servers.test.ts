import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
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

let gateways: ConformanceGateways
before(async () => {
  gateways = await startConformanceGateways()
})
after(() => gateways.dispose())

/** How long what was dropped is waited for, in milliseconds: that a slow answer counts as none does no harm here. */
const soon = 250

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
): Promise<string[]> {
  const { quick } = gateways
  const behind = waitsForClock(scenario) ? quick : gateways.calm
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

/** Services share one bus, so that their scenarios cannot be played side by side. */
async function allUnnoticed(dialect: DialectName, kinds: readonly Fault['kind'][]): Promise<string[]> {
  const waiting = [...suites[dialect].scenarios]
  const left: string[] = []
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      left.push(...(await unnoticed(dialect, next, kinds)))
    }
  }
  await Promise.all(Array.from({ length: dialect === 'services' ? 1 : 6 }, work))
  return left
}

describe('with a wrong server', () => {
  for (const dialect of Object.keys(suites) as DialectName[]) {
    it(`every scenario of ${dialect} fails`, async () => {
      assert.deepEqual(await allUnnoticed(dialect, ['change', 'drop', 'double']), [])
    })
  }
})
