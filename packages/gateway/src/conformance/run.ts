import { type Failure, NotApplicable, type Outcome, StepFailed } from './outcome.ts'
import { Play } from './play.ts'
import type { Scenario, Step, Suite } from './scenario.ts'
import type { ServerUnderTest, Waiting, Witness } from './server.ts'
import { createRoom, Stage } from './stage.ts'
import { realWorld, type World } from './world.ts'

export interface RunOptions {
  readonly server: ServerUnderTest
  readonly waiting: Waiting
  /** Only what the protocol's own document says. */
  readonly strict?: boolean
  /** Sees all that goes over the wire. */
  readonly witness?: Witness
  /** The real one, unless this is a rehearsal. */
  readonly world?: World
}

/** Plays the scenarios of a suite one after another, each with connections and names of its own. */
export async function* runSuite(suite: Suite, options: RunOptions): AsyncGenerator<Outcome> {
  let rest: Promise<boolean> | null = null
  const hasRest = () => {
    rest ??= createRoom(options.server.url, (options.world ?? realWorld).network).then(
      (room) => room !== null,
    )
    return rest
  }
  for (const scenario of suite.scenarios) {
    if (options.strict && scenario.origin !== 'source') continue
    yield await runScenario(suite, scenario, options, hasRest)
  }
}

async function runScenario(
  suite: Suite,
  { name, origin, needs, steps }: Scenario,
  { server, waiting, witness, world = realWorld }: RunOptions,
  hasRest: () => Promise<boolean>,
): Promise<Outcome> {
  const seen: string[] = []
  const stage = new Stage(server, world)
  const play = new Play({
    server,
    suite: origin === 'source' ? { ...suite, ignores: [...suite.ignores, ...(suite.unsaid ?? [])] } : suite,
    stage,
    waiting,
    world,
    witness(who, direction, text) {
      seen.push(`${who} ${direction} ${withoutSecrets(text, server)}`)
      witness?.(who, direction, text)
    },
  })
  let at = 0
  try {
    await stage.provide(needs, hasRest)
    for (const step of steps) {
      at++
      await play.take(step)
    }
    at++
    await play.finish()
    return { name, origin, result: 'passed' }
  } catch (error) {
    if (error instanceof NotApplicable) return { name, origin, result: 'not applicable', why: error.message }
    if (!(error instanceof StepFailed)) throw error
    const failure: Failure = { step: at, doing: doing(steps[at - 1]), says: error.message, seen }
    return { name, origin, result: 'failed', failure }
  } finally {
    play.abandon()
  }
}

const token = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g

/** Reports are passed on; tokens that we have signed open the server to whoever reads them. */
function withoutSecrets(text: string, { servicesSecret }: ServerUnderTest): string {
  const plain = text.replaceAll(token, '<token>')
  return servicesSecret === undefined ? plain : plain.replaceAll(servicesSecret, '<secret>')
}

function doing(step: Step | undefined): string {
  if (step === undefined) return 'the end'
  switch (step.do) {
    case 'connect':
      return `${step.as} connects to ${step.path}`
    case 'send':
      return `${step.from} sends`
    case 'expect':
      return `${step.by} expects ${step.frames.length === 1 ? 'a frame' : `${step.frames.length} frames`}`
    case 'closed':
      return `${step.by} expects to be closed`
    case 'close':
      return `${step.by} closes`
    case 'stop':
      return 'the server is stopped'
    case 'request':
      return `${step.method} ${step.path}`
    case 'reply':
      return `the reply to ${step.to}`
  }
}
