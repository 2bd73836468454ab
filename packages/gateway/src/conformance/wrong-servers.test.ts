import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startTestGateway, type TestGateway, testSecret } from '../../test/harness.ts'
import { servicesSecret } from '../../test/support/service-gateway.ts'
import { type Fault, WrongServer } from '../../test/support/wrong-server.ts'
import type { Outcome } from './outcome.ts'
import { runSuite } from './run.ts'
import type { DialectName, Scenario } from './scenario.ts'
import { suites } from './suites.ts'

/**
 * That every scenario can fail is shown with recordings (conformance.test.ts). Here it is shown over real sockets, with something that
 * comes in each of the ways there are.
 */
const ways: readonly (readonly [string, DialectName, string])[] = [
  ['a frame', 'comms', 'a heartbeat is answered with {"f":120}'],
  ['a closing', 'comms', 'a payload of more than 4096 bytes terminates the connection'],
  ['a handshake that is refused', 'messenger', 'without a good token the handshake'],
  ['an event of a stream', 'channels', 'server-sent events'],
  ['a reply', 'channels', 'a POSTed JSON body reaches everyone as DATA'],
  ['a compressed frame', 'services', 'compress'],
]

let gateway: TestGateway
let wrong: WrongServer
before(async () => {
  gateway = await startTestGateway({ servicesSecret })
  wrong = await WrongServer.before(gateway.url)
})
after(async () => {
  wrong.close()
  await gateway.dispose()
})

/** What the runner says when there is this fault. What does not come at all is waited for that long, in milliseconds. */
async function resultOf(dialect: DialectName, scenario: Scenario, fault: Fault | null, timeout = 10_000) {
  wrong.commit(fault)
  const server = { url: wrong.url, secret: testSecret, servicesSecret }
  const outcomes: Outcome[] = []
  const options = { server, waiting: { timeout, patience: 1 } }
  for await (const outcome of runSuite({ ...suites[dialect], scenarios: [scenario] }, options))
    outcomes.push(outcome)
  return outcomes[0]?.result
}

describe('over real sockets', () => {
  for (const [what, dialect, name] of ways) {
    it(`${what} that is wrong is noticed`, async () => {
      const scenario = suites[dialect].scenarios.find((one) => one.name.includes(name))
      assert.ok(scenario, `a scenario of ${dialect} is called ${name}`)
      assert.equal(await resultOf(dialect, scenario, null), 'passed')
      const { count, frames } = wrong
      const kinds: Fault['kind'][] = frames === 0 ? ['change'] : ['change', 'drop', 'double']
      for (const kind of kinds) {
        const results: (string | undefined)[] = []
        for (let index = count - 1; index >= 0 && !results.includes('failed'); index--) {
          results.push(await resultOf(dialect, scenario, { kind, index }, kind === 'drop' ? 200 : 10_000))
        }
        assert.ok(results.includes('failed'), kind)
      }
    })
  }
})
