import type { Outcome } from '../../src/conformance/outcome.ts'
import { runSuite } from '../../src/conformance/run.ts'
import type { DialectName, Scenario } from '../../src/conformance/scenario.ts'
import type { ServerUnderTest, Witness } from '../../src/conformance/server.ts'
import { suites } from '../../src/conformance/suites.ts'
import type { World } from '../../src/conformance/world.ts'
import type { ConformanceGateways } from './conformance-gateways.ts'
import { type Recording, recorded, replaying } from './recording.ts'

/** One run of a scenario. */
export interface Played {
  readonly scenario: Scenario
  readonly outcome: Outcome
  readonly recording: Recording
  /** Frames of the protocol that came, and that were sent. */
  readonly got: readonly string[]
  readonly sent: readonly string[]
}

/** Plays every scenario of a protocol once. Those that wait for a server's clock wait at the same time. */
export async function playSuite(dialect: DialectName, gateways: ConformanceGateways): Promise<Played[]> {
  const { scenarios } = suites[dialect]
  const waiting = scenarios.filter(({ steps }) => steps.some((step) => 'clock' in step))
  const others = scenarios.filter((scenario) => !waiting.includes(scenario))
  const [slow, quick] = await Promise.all([
    Promise.all(waiting.map((scenario) => playOne(dialect, scenario, gateways))),
    inOrder(others, (scenario) => playOne(dialect, scenario, gateways)),
  ])
  return [...quick, ...slow]
}

/** What becomes of a scenario when this comes from the server. */
export function replay(dialect: DialectName, scenario: Scenario, recording: Recording): Promise<Outcome> {
  const nowhere = { ...everything, url: 'http://nowhere' }
  return run(dialect, scenario, nowhere, replaying(recording))
}

const everything: Omit<ServerUnderTest, 'url'> = {
  secret: 'any',
  servicesSecret: 'any',
  stop() {},
  encrypts: true,
}

async function playOne(
  dialect: DialectName,
  scenario: Scenario,
  gateways: ConformanceGateways,
): Promise<Played> {
  const got: string[] = []
  const sent: string[] = []
  const { world, recording } = recorded()
  const outcome = await run(dialect, scenario, await gateways.of(scenario), world, (who, direction, text) => {
    if (isFrame(dialect, who, text)) (direction === 'got' ? got : sent).push(text)
  })
  return { scenario, outcome, recording, got, sent }
}

async function run(
  dialect: DialectName,
  scenario: Scenario,
  server: ServerUnderTest,
  world: World,
  witness: Witness = () => {},
): Promise<Outcome> {
  const waiting = { timeout: 10_000, patience: 20_000 }
  const options = { server, waiting, world, witness }
  for await (const outcome of runSuite({ ...suites[dialect], scenarios: [scenario] }, options)) return outcome
  throw new Error('a suite of one scenario has one outcome')
}

/** Not a reply, a closing, or a frame of another protocol: the admin who bans in the scenarios of messenger speaks comms. */
function isFrame(dialect: DialectName, who: string, text: string): boolean {
  return who !== 'http' && /^\{|^ping$/.test(text) && !(dialect === 'messenger' && who === 'boss')
}

async function inOrder<One, Result>(all: readonly One[], act: (one: One) => Promise<Result>) {
  const results: Result[] = []
  for (const one of all) results.push(await act(one))
  return results
}
