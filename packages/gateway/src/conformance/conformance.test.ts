import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { testSecret } from '../../test/harness.ts'
import {
  type ConformanceGateways,
  startConformanceGateways,
} from '../../test/support/conformance-gateways.ts'
import { assertSaid, isHeard } from '../../test/support/frame-check.ts'
import type { Outcome } from './outcome.ts'
import { outcomeText } from './report.ts'
import { runSuite } from './run.ts'
import type { DialectName } from './scenario.ts'
import type { Witness } from './server.ts'
import { suites } from './suites.ts'

let gateways: ConformanceGateways
before(async () => {
  gateways = await startConformanceGateways()
})
after(() => gateways.dispose())

/** What those scenarios send that a server is to refuse. */
const wrongOnPurpose: Partial<Record<DialectName, readonly string[]>> = {
  comms: ['{"f":130,"cnf":{},"s":21,"t":"EVENT_HERE"}'],
}

/** What became of each scenario, the ones that wait for the server's clock played where that is quick. */
async function played(dialect: DialectName, strict: boolean): Promise<Outcome[]> {
  const suite = suites[dialect]
  const outcomes: Outcome[] = []
  const unsaid: string[] = []
  const witness: Witness = (who, direction, text) => {
    if (direction === 'sent' || !isFrame(dialect, who, text)) return
    try {
      assertSaid(dialect, text)
    } catch {
      unsaid.push(text)
    }
  }
  const run = { strict, witness, waiting: { timeout: 10_000, patience: 1 } }
  for await (const outcome of runSuite(suite, { ...run, server: gateways.calm })) outcomes.push(outcome)
  const left = new Set(outcomes.filter(({ result }) => result === 'not applicable').map(({ name }) => name))
  const scenarios = suite.scenarios.filter(({ name }) => left.has(name))
  const again = { strict, witness, waiting: { timeout: 10_000, patience: 20_000 } }
  for await (const outcome of runSuite({ ...suite, scenarios }, { ...again, server: gateways.quick })) {
    outcomes[outcomes.findIndex(({ name }) => name === outcome.name)] = outcome
  }
  assert.deepEqual(unsaid, [], 'every frame is in the AsyncAPI document')
  return outcomes
}

/** Not a reply, a closing, or a frame of another protocol: the admin who bans in the scenarios of messenger speaks comms. */
function isFrame(dialect: DialectName, who: string, text: string): boolean {
  return who !== 'http' && text.startsWith('{') && !(dialect === 'messenger' && who === 'boss')
}

for (const dialect of Object.keys(suites) as DialectName[]) {
  describe(`the gateway's ${dialect}`, () => {
    for (const strict of [true, false]) {
      it(
        strict ? 'is what the protocol’s own document says' : 'is all that we have decided, too',
        async () => {
          const outcomes = await played(dialect, strict)
          const missed = outcomes.filter(({ result }) => result !== 'passed')
          assert.equal(missed.map(outcomeText).join('\n'), '')
          const expected = suites[dialect].scenarios.filter(({ origin }) => !strict || origin === 'source')
          assert.equal(outcomes.length, expected.length)
        },
      )
    }

    it('is asked, by the protocol’s own document, for what the AsyncAPI document has', async () => {
      const unheard = new Set<string>()
      const witness: Witness = (who, direction, text) => {
        if (direction === 'sent' && who !== 'http' && !isHeard(dialect, text)) unheard.add(text.slice(0, 60))
      }
      const server = gateways.calm
      const options = { server, strict: true, witness, waiting: { timeout: 10_000, patience: 1 } }
      for await (const { result } of runSuite(suites[dialect], options)) assert.notEqual(result, 'failed')
      assert.deepEqual([...unheard], wrongOnPurpose[dialect] ?? [])
    })

    it('has scenarios with names of their own', () => {
      const names = suites[dialect].scenarios.map(({ name }) => name)
      assert.equal(new Set(names).size, names.length)
    })

    it('needs what it says it needs', async () => {
      const { url } = gateways.calm
      const bare = { server: { url }, waiting: { timeout: 5000, patience: 1 } }
      const needy = suites[dialect].scenarios.filter(
        ({ needs }) => needs.includes('tokens') || needs.includes('secret'),
      )
      for await (const { name, result, why } of runSuite({ ...suites[dialect], scenarios: needy }, bare)) {
        assert.equal(result, 'not applicable', name)
        assert.match(why ?? '', /--(services-)?secret/)
      }
    })
  })
}

it('signs tokens with the secret it is given, and shows none of them', async () => {
  const { url } = gateways.calm
  const server = { url, secret: `not ${testSecret}` }
  const scenarios = suites.comms.scenarios.filter(({ name }) => name.startsWith('a heartbeat is answered'))
  const run = runSuite({ ...suites.comms, scenarios }, { server, waiting: { timeout: 5000, patience: 1 } })
  const { value: outcome } = await run.next()
  assert.equal(outcome.result, 'failed')
  assert.match(outcomeText(outcome), /<token>/)
  assert.doesNotMatch(outcomeText(outcome), /eyJ/)
})
