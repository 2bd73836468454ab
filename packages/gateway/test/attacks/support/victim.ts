import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { systemClock } from '../../../src/app/clock.ts'
import type { PartialConfig } from '../../../src/app/config/schema.ts'
import { createLog, type LogOptions } from '../../../src/app/log.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import { connectChannels, http, startTestGateway, type TestGateway } from '../../harness.ts'
import { times } from './scale.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** What may be left after an attack: the machine's own compiling and caching, never what was sent. In kilobytes. */
const margin = 24 * 1024

interface Until {
  after(call: () => Promise<void>): void
}

/** A gateway in this process that is attacked, with what it logs as lines of text. */
export class Victim {
  readonly gateway: TestGateway
  /** As they would stand on stderr. */
  readonly lines: string[]
  /** How long the last newcomer waited, in milliseconds, and what the last attack left of the heap, in kilobytes. */
  waited = 0
  left = 0

  /** `form`: the log's, as in production mode (`json`) or in development mode (`short`). */
  static async start(
    until: Until,
    config: PartialConfig = {},
    clock: Clock = systemClock,
    form: LogOptions['form'] = 'json',
  ): Promise<Victim> {
    const lines: string[] = []
    const log = createLog({ level: 'info', form, clock, write: (line) => void lines.push(line) })
    const gateway = await startTestGateway(config, { log, clock })
    until.after(() => gateway.dispose())
    return new Victim(gateway, lines)
  }

  private constructor(gateway: TestGateway, lines: string[]) {
    this.gateway = gateway
    this.lines = lines
  }

  get url(): string {
    return this.gateway.url
  }

  get port(): number {
    return Number(new URL(this.gateway.url).port)
  }

  /**
   * Makes an attack, then sees that the process lives, the next client is served, memory came back, no exception was logged, and no
   * more lines than `lines`: one for each connection that was ended at most, never one for each frame.
   */
  async withstands(
    attack: () => Promise<void>,
    { lines = () => 1 }: { lines?: () => number } = {},
  ): Promise<void> {
    await this.serves()
    const heap = usedHeap()
    const logged = this.lines.length
    await attack()
    await this.serves()
    const written = this.lines.slice(logged)
    assert.ok(
      written.length <= lines(),
      `${written.length} lines were logged:\n${written.slice(0, 5).join('')}`,
    )
    assert.deepEqual(
      written.filter((line) => line.includes('"level":"error"')),
      [],
      'nothing was a mistake of ours',
    )
    this.left = Math.round((usedHeap() - heap) / 1024)
    assert.ok(this.left < margin, `${this.left} kB are left`)
  }

  /** A newcomer connects, hears, and is answered. */
  async serves(): Promise<void> {
    const began = performance.now()
    const listener = await connectChannels(this.gateway, 'newcomers')
    const hears = async (what: string, fits: (frame: { type: string; payload: unknown }) => boolean) => {
      await listener.until(fits).catch((cause: unknown) => {
        throw new Error(`a newcomer does not hear ${what}`, { cause })
      })
    }
    await hears('CONNECTED', ({ type }) => type === 'CONNECTED')
    const { status } = await http(this.gateway, 'POST', '/newcomers/emit', { json: 'hello' })
    assert.equal(status, 200)
    await hears('what is emitted', ({ payload }) => payload === 'hello')
    this.waited = Math.round(performance.now() - began)
    await listener.close()
  }
}

function usedHeap(): number {
  for (let i = 0; i < times(1, 2); i++) collectGarbage()
  return process.memoryUsage().heapUsed
}

/** What this process holds, its buffers included, in bytes. */
export function usedMemory(): number {
  return usedHeap() + process.memoryUsage().external
}
