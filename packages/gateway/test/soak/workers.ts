import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { hour } from '../faults/support/writing.ts'
import { socketUrl, type Target } from '../harness.ts'
import { ServiceClient } from '../support/service-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'

/** How long a worker stays at most, and how long the sharder rests after each command, in milliseconds. */
const longestStay = 100
const pace = 5

/** A sharder that emits commands, and workers who come and go meanwhile, as new ones or with their sessions: none does what another did. */
export class Workers {
  commands = 0
  comings = 0
  readonly executed = new Set<number>()
  /** Rejects as soon as a command was executed twice. */
  readonly over: Promise<unknown>
  readonly #target: Target
  readonly #sharder: ServiceClient
  readonly #working: readonly Promise<void>[]
  #running = true

  static async begin(target: Target, atOnce: number): Promise<Workers> {
    const sharder = await open(target)
    await sharder.identify({ type: 'sharder', secret: servicesSecret })
    return new Workers(target, sharder, atOnce)
  }

  private constructor(target: Target, sharder: ServiceClient, atOnce: number) {
    this.#target = target
    this.#sharder = sharder
    this.#working = [this.#emit(), ...Array.from({ length: atOnce }, () => this.#work())]
    this.over = Promise.all(this.#working)
  }

  /** Those who broke off may have taken commands along; whoever comes last gets all that wait. */
  async end(): Promise<void> {
    this.#running = false
    await this.over
    const client = await open(this.#target)
    await client.identify({ type: 'commands', secret: servicesSecret })
    client.send({ op: 1, d: { heapUsed: 1 } })
    for (let frame = await client.nextJson(); frame.op !== 4; frame = await client.nextJson()) {
      this.#execute(frame)
    }
    await client.close()
  }

  async abandon(): Promise<void> {
    this.#running = false
    await Promise.allSettled(this.#working)
    await this.#sharder.terminate()
  }

  async #emit(): Promise<void> {
    const ids = { message: '1', author: '2', channel: '3', guild: '4', shard: 0 }
    while (this.#running) {
      this.#sharder.send({ op: 2, t: 'EXECUTE_COMMAND', d: { raw: String(this.commands), ids } })
      this.commands += 1
      await pause(pace)
    }
    await this.#sharder.settled()
  }

  async #work(): Promise<void> {
    let session: string | undefined
    while (this.#running) {
      const client = await open(this.#target)
      const again = session !== undefined && Math.random() < 0.5 ? { session } : {}
      ;({ session } = await client.identify({ type: 'commands', secret: servicesSecret, ...again }))
      this.comings += 1
      const leaving = pause(Math.random() * longestStay).then(() =>
        Math.random() < 0.5 ? client.close() : client.terminate(),
      )
      for (;;) {
        const frame = await client.nextJson().catch(() => null)
        if (frame === null) break
        this.#execute(frame)
      }
      await leaving
    }
  }

  #execute({ t, d }: { t: string; d: { raw: string } }): void {
    assert.equal(t, 'EXECUTE_COMMAND')
    const number = Number(d.raw)
    assert.ok(!this.executed.has(number), `command ${number} was executed twice`)
    this.executed.add(number)
  }
}

function open(target: Target): Promise<ServiceClient> {
  return ServiceClient.open(socketUrl(target, '/ws/v1'), hour)
}
