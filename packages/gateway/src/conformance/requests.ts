import { type Captures, mismatch } from './match.ts'
import type { HttpAnswer } from './network.ts'
import { NotApplicable, StepFailed } from './outcome.ts'
import { show } from './pattern.ts'
import { fill } from './placeholders.ts'
import type { Answered, Reply, Request } from './scenario.ts'
import type { ServerUnderTest, Waiting, Witness } from './server.ts'
import type { Stage } from './stage.ts'
import { jsonIn, reasonOf } from './text.ts'
import { pause, within } from './time.ts'
import { limitOf } from './waiting.ts'
import type { World } from './world.ts'

interface RequestsOptions {
  readonly server: ServerUnderTest
  readonly stage: Stage
  readonly waiting: Waiting
  readonly witness: Witness
  readonly world: World
}

/** The HTTP requests of one run of a scenario. */
export class Requests {
  readonly #options: RequestsOptions
  readonly #going = new Map<string, Promise<HttpAnswer>>()

  constructor(options: RequestsOptions) {
    this.#options = options
  }

  async request(step: Request): Promise<void> {
    const { reply, eventually = false } = step
    if (reply === undefined) {
      const going = this.#ask(step)
      // It may fail before a step asks for it, or when none does any more.
      going.catch(() => {})
      this.#going.set(step.as ?? '', going)
      return
    }
    const { time } = this.#options.world
    const deadline = time.now() + this.#options.waiting.timeout
    for (;;) {
      try {
        return this.check(reply, await this.#ask(step))
      } catch (error) {
        if (!eventually || time.now() > deadline) throw error
        await pause(time, 20)
      }
    }
  }

  async reply({ to, reply, clock }: Reply): Promise<void> {
    const going = this.#going.get(to)
    if (going === undefined) throw new StepFailed(`no request is called ${to}`)
    const { stage, waiting, world } = this.#options
    const { ms, isKnown } = limitOf(fill(clock, stage.lookup), waiting)
    const answer = await within(world.time, ms, going)
    if (answer !== null) return this.check(reply, answer)
    if (!isKnown) throw new NotApplicable(`no reply came within ${ms} ms`)
    throw new StepFailed(`expected a reply with ${reply.status}, none came within ${ms} ms`)
  }

  /** Throws unless the answer is as it must be, and captures what is named. */
  check(answered: Answered, answer: HttpAnswer): void {
    const { stage } = this.#options
    const { status, json } = fill(answered, stage.lookup)
    if (answer.status !== status) {
      throw new StepFailed(`expected the status ${status}, got ${answer.status} ${answer.text}`)
    }
    if (json === undefined) return
    const captures: Captures = new Map()
    const wrong = mismatch(json, jsonIn(answer.text), captures)
    if (wrong !== null) throw new StepFailed(`${wrong}\nexpected ${show(json)}\ngot      ${answer.text}`)
    stage.capture(captures)
  }

  async #ask(step: Request): Promise<HttpAnswer> {
    const { server, stage, witness, world } = this.#options
    const { method, path, query, headers = {}, json, text } = fill(step, stage.lookup)
    const body = json === undefined ? text : JSON.stringify(json)
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    witness('http', 'sent', `${method} ${path}${body === undefined ? '' : ` ${body}`}`)
    try {
      const answer = await world.network.request(addressOf(server, path, query), {
        method,
        headers: { ...type, ...headers },
        ...(body !== undefined && { body }),
      })
      witness('http', 'got', `${answer.status} ${answer.text}`)
      return answer
    } catch (error) {
      throw new StepFailed(`no reply: ${reasonOf(error)}`)
    }
  }
}

export function addressOf(
  { url }: ServerUnderTest,
  path: string,
  query: Readonly<Record<string, string>> = {},
): URL {
  const address = new URL(`${url}${path}`)
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
  return address
}
