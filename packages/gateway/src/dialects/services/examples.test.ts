import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, it } from 'node:test'
import { ServiceGateway, servicesSecret } from '../../../test/support/service-gateway.ts'

const examples = join(import.meta.dirname, '../../../../../examples')
const commands = 300

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

  /** Resolves when so many lines have been printed that begin so. */
  async printed(start: string, count = 1): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => this.numbers(start).length >= count && resolve()
    this.#listeners.add(look)
    look()
    await promise
    this.#listeners.delete(look)
  }

  /** What follows this start, in the lines that begin so. */
  numbers(start: string): string[] {
    return this.lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length))
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
  const workers = [start('command-worker.ts', gateway), start('command-worker.ts', gateway)]
  for (const worker of workers) await worker.printed('identified')
  const sharder = start('sharder.ts', gateway, [
    ...['--guild', '7', '--members', '1500', '--commands', String(commands), '--every', '2'],
  ])
  await sharder.printed('sent ', commands / 3)
  await workers[0]!.end('SIGKILL')
  await sharder.printed('sent ', commands)

  await gateway.untilConnected(2)
  const executed = () => workers.flatMap((worker) => worker.numbers('executed echo '))
  await workers[1]!.printed(`executed echo ${commands - 1}`)
  const all = executed()
  assert.equal(new Set(all).size, all.length, 'a command was executed twice')
  assert.ok(workers.every((worker) => worker.numbers('executed echo ').length > 0))
  // What the killed worker had been given and not printed is gone with it; everything since has gone to the other.
  const last = Number(workers[0]!.numbers('executed echo ').at(-1))
  const missing = Array.from({ length: commands }, (_, i) => i).filter((i) => !all.includes(String(i)))
  assert.ok(missing.every((i) => i > last))
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
  await workers[1]!.end('SIGINT')
})
