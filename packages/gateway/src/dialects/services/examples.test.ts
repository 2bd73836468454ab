import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, it } from 'node:test'
import { ServiceGateway, servicesSecret } from '../../../test/support/service-gateway.ts'

const examples = join(import.meta.dirname, '../../../../../examples')

/** One of the example programs, as a process of its own. */
class Program {
  readonly lines: string[] = []
  readonly ended: Promise<unknown>
  readonly #process: ChildProcess
  readonly #listeners = new Set<() => void>()

  constructor(name: string, gateway: ServiceGateway, options: readonly string[] = []) {
    const url = `${gateway.gateway.url.replace('http', 'ws')}/ws/v1`
    const given = [join(examples, name), '--url', url, '--secret', servicesSecret, ...options]
    this.#process = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.ended = once(this.#process, 'close')
    createInterface(this.#process.stdout!).on('line', (line) => {
      this.lines.push(line)
      for (const listener of this.#listeners) listener()
    })
  }

  /** Resolves when a line has been printed that begins so. */
  async printed(start: string): Promise<void> {
    await this.#until(() => this.lines.some((line) => line.startsWith(start)))
  }

  /** Resolves when so many lines have been printed that begin so and end in a number. */
  async counted(start: string, count: number): Promise<void> {
    await this.#until(() => this.numbers(start).length >= count)
  }

  /** Resolves when a line that begins so ends in this number or a higher one. */
  async reached(start: string, number: number): Promise<void> {
    await this.#until(() => (this.numbers(start).at(-1) ?? -1) >= number)
  }

  /** The numbers at the end of the lines that begin so. */
  numbers(start: string): number[] {
    return this.lines.filter((line) => line.startsWith(start)).map((line) => Number(line.slice(start.length)))
  }

  async #until(fits: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => fits() && resolve()
    this.#listeners.add(look)
    look()
    await promise
    this.#listeners.delete(look)
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#process.kill(signal)
    await this.ended
  }
}

let gateway: ServiceGateway
const programs: Program[] = []
before(async () => {
  gateway = await ServiceGateway.start({ shards: 2, sharders: 1 })
})
after(async () => {
  for (const program of programs) await program.end('SIGKILL')
  await gateway.dispose()
})

function start(...given: ConstructorParameters<typeof Program>): Program {
  const program = new Program(...given)
  programs.push(program)
  return program
}

it('a guild is cached, commands flow to two workers, one is killed, and nothing is executed twice or waits for ever', async () => {
  const workers = [start('command-worker.ts', gateway), start('command-worker.ts', gateway)] as const
  const [killed, survivor] = workers
  for (const worker of workers) await worker.printed('identified')
  const sharder = start('sharder.ts', gateway, ['--guild', '7', '--members', '1500', '--every', '2'])
  for (const worker of workers) await worker.counted('executed echo ', 20)
  await killed.end('SIGKILL')
  await gateway.untilConnected(2)
  // What is sent from here on goes to the survivor, after everything that it was given before.
  const last = (sharder.numbers('sent ').at(-1) ?? 0) + 50
  await survivor.reached('executed echo ', last)

  const executed = workers.flatMap((worker) => worker.numbers('executed echo '))
  assert.equal(new Set(executed).size, executed.length, 'a command was executed twice')
  // What the killed worker had been given and not printed is gone with it; nothing else is missing.
  const printed = killed.numbers('executed echo ').at(-1) ?? 0
  const missing = Array.from({ length: last }, (_, i) => i).filter((i) => !executed.includes(i))
  assert.ok(missing.every((i) => i > printed))
  assert.equal(await gateway.metric('service_events_waiting'), 0)
  assert.equal(await gateway.metric('service_events_lost_total'), 0)

  assert.equal((await gateway.get('/v1/discord/guilds/7')).body.memberCount, 1500)
  assert.deepEqual((await gateway.get('/v1/discord/users')).body, { users: 1500 })
  const { body } = await gateway.get('/v1/services')
  assert.deepEqual(
    body.map(({ type, shards }: { type: string; shards?: number[] }) => ({ type, shards })),
    [
      { type: 'commands', shards: undefined },
      { type: 'sharder', shards: [0, 1] },
    ],
  )
  await sharder.end('SIGINT')
  await survivor.end('SIGINT')
})
