import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { testSecret } from '../../test/harness.ts'
import {
  type ConformanceGateways,
  startConformanceGateways,
} from '../../test/support/conformance-gateways.ts'
import { assertSaid, isHeard } from '../../test/support/frame-check.ts'
import { type Played, playSuite, replay } from '../../test/support/played-suite.ts'
import { withFault } from '../../test/support/recording.ts'
import type { Fault } from '../../test/support/wrong-server.ts'
import { outcomeText } from './report.ts'
import { runSuite } from './run.ts'
import type { DialectName } from './scenario.ts'
import { suites } from './suites.ts'

const dialects = Object.keys(suites) as DialectName[]

let gateways: ConformanceGateways
let played: ReadonlyMap<DialectName, readonly Played[]>
before(async () => {
  gateways = await startConformanceGateways()
  const all = dialects.map(async (dialect) => [dialect, await playSuite(dialect, gateways)] as const)
  played = new Map(await Promise.all(all))
})
after(() => gateways.dispose())

const playedOf = (dialect: DialectName): readonly Played[] => played.get(dialect) ?? []

/** What scenarios of a protocol's own document send that a server is to refuse. */
const wrongOnPurpose: Partial<Record<DialectName, readonly string[]>> = {
  comms: ['{"f":130,"cnf":{},"s":21,"t":"EVENT_HERE"}'],
}

/** Whether the scenario fails when some message is wrong in this way: the last one, or one before. */
async function notices(
  dialect: DialectName,
  { scenario, recording }: Played,
  kind: Fault['kind'],
): Promise<boolean> {
  for (let index = recording.messages.length - 1; index >= 0; index--) {
    const wrong = withFault(recording, { kind, index })
    if (wrong !== null && (await replay(dialect, scenario, wrong)).result === 'failed') return true
  }
  return false
}

for (const dialect of dialects) {
  describe(`the gateway's ${dialect}`, () => {
    it('is what the scenarios say', () => {
      const missed = playedOf(dialect).filter(({ outcome }) => outcome.result !== 'passed')
      assert.equal(missed.map(({ outcome }) => outcomeText(outcome)).join('\n'), '')
      assert.equal(playedOf(dialect).length, suites[dialect].scenarios.length)
    })

    it('sends nothing that is not in the AsyncAPI document', () => {
      for (const { got } of playedOf(dialect)) for (const text of got) assertSaid(dialect, text)
    })

    it('is asked, by the protocol’s own document, for what the AsyncAPI document has', () => {
      const asked = playedOf(dialect).filter(({ scenario }) => scenario.origin === 'source')
      const unheard = asked.flatMap(({ sent }) => sent.filter((text) => !isHeard(dialect, text)))
      assert.deepEqual([...new Set(unheard)], wrongOnPurpose[dialect] ?? [])
    })

    it('has scenarios with names of their own', () => {
      const names = suites[dialect].scenarios.map(({ name }) => name)
      assert.equal(new Set(names).size, names.length)
    })

    it('needs what it says it needs', async () => {
      const { url } = gateways.calm
      const bare = { server: { url }, waiting: { timeout: 5000, patience: 1 } }
      const scenarios = suites[dialect].scenarios.filter(({ needs }) =>
        needs.some((need) => need !== 'rest' && need !== 'room'),
      )
      for await (const { name, result, why } of runSuite({ ...suites[dialect], scenarios }, bare)) {
        assert.equal(result, 'not applicable', name)
        assert.match(why ?? '', /--(services-)?secret|needs a server that/)
      }
    })

    it('is played again as it was recorded', async () => {
      for (const { scenario, recording } of playedOf(dialect)) {
        const outcome = await replay(dialect, scenario, recording)
        assert.equal(outcome.result, 'passed', outcomeText(outcome))
      }
    })

    for (const [kind, says] of [
      ['change', 'changed'],
      ['drop', 'missing'],
      ['double', 'there twice'],
    ] as const) {
      it(`fails every scenario when something is ${says}`, async () => {
        const possible = playedOf(dialect).filter(
          ({ recording }) => kind !== 'double' || recording.messages.some((one) => one.kind === 'frame'),
        )
        const unnoticed: string[] = []
        for (const one of possible) {
          if (!(await notices(dialect, one, kind))) unnoticed.push(one.scenario.name)
        }
        assert.deepEqual(unnoticed, [])
      })
    }
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
