import { setTimeout as pause } from 'node:timers/promises'
import { Crowd } from '../faults/support/crowd.ts'
import { unlimited } from '../faults/support/writing.ts'
import type { TestProcess } from '../harness.ts'
import { Inspector, type Memory } from './inspector.ts'
import { Passers } from './passers.ts'
import { Workers } from './workers.ts'

const writers = 4
const followersOfEach = 4
const passersAtOnce = 8
const workersAtOnce = 3
/** How often memory is looked at, in milliseconds. */
const every = 5000
/** What is held after garbage collection may grow so much between the second quarter and the end. */
const growth = 1.25
const noise = 4 * 2 ** 20

/** How the gateway must be configured. What nobody comes back for is to be forgotten while the soak runs. */
export const soakConfig = {
  ...unlimited,
  sessions: { ...unlimited.sessions, resumeWindow: 60_000 },
} as const

/** People of all protocols who write, follow, break off, come and go, and services that come and go; it ends as soon as something is wrong. */
export class Soak {
  readonly #inspector: Inspector
  readonly #crowd: Crowd
  readonly #passers: Passers
  readonly #workers: Workers
  readonly #samples: Memory[] = []
  #breaks = 0
  #seconds = 0
  #running = true

  /** The gateway must be `inspectable`. */
  static async begin(gateway: TestProcess): Promise<Soak> {
    const inspector = await Inspector.attach(gateway.spawned)
    const crowd = await Crowd.gather(gateway, writers, followersOfEach, 5)
    const passers = await Passers.begin(gateway, passersAtOnce)
    return new Soak(inspector, crowd, passers, await Workers.begin(gateway, workersAtOnce))
  }

  private constructor(inspector: Inspector, crowd: Crowd, passers: Passers, workers: Workers) {
    this.#inspector = inspector
    this.#crowd = crowd
    this.#passers = passers
    this.#workers = workers
  }

  /** What was wrong, in sentences. */
  async run(ms: number): Promise<string[]> {
    const began = performance.now()
    const all = [this.#crowd, this.#passers, this.#workers]
    const wrong = await sentenceOf(Promise.race([this.#churn(ms), ...all.map(({ over }) => over)]))
    this.#running = false
    this.#seconds = (performance.now() - began) / 1000
    if (wrong.length === 0) {
      wrong.push(...(await sentenceOf(this.#passers.end())))
      wrong.push(...(await sentenceOf(this.#workers.end())))
      wrong.push(...(await sentenceOf(this.#crowd.settle())))
      wrong.push(...this.#grown())
    }
    for (const one of all) await one.abandon()
    await this.#inspector.close()
    return wrong
  }

  /** What was counted, whatever came of it. */
  summary(): string {
    const { written, followers, heard } = this.#crowd
    const { visits, members, online } = this.#passers
    const { commands, executed, comings } = this.#workers
    return [
      `${Math.round(this.#seconds)} s, ${written.length} messages acknowledged, heard ${heard} times by ${followers.length} followers`,
      `${this.#breaks} connections broken`,
      `${visits} visits: ${members.comings} joins and ${members.goings} leaves in the room, ${online.comings} times online and ${online.goings} offline`,
      `${commands} commands, ${executed.size} of them executed by workers who came ${comings} times`,
      'memory after garbage collection, in MB: at first, after each quarter of the time',
      ...rows.map(([says, key]) => `  ${says}: ${this.#quarters(key).join(', ')}`),
    ].join('\n')
  }

  /** Breaks connections of followers, and looks at the memory every so often. */
  async #churn(ms: number): Promise<void> {
    const began = performance.now()
    for (let look = began; this.#running && performance.now() - began < ms; ) {
      const { followers } = this.#crowd
      await followers[Math.floor(Math.random() * followers.length)]!.cut()
      this.#breaks += 1
      await pause(Math.random() * 200)
      if (performance.now() < look) continue
      look += every
      this.#samples.push(await this.#inspector.memory())
    }
  }

  #quarters(key: keyof Memory): string[] {
    const last = Math.max(0, this.#samples.length - 1)
    return [0, 0.25, 0.5, 0.75, 1].map((part) => {
      const sample = this.#samples[Math.round(part * last)]
      return sample === undefined ? 'not looked at' : (sample[key] / 2 ** 20).toFixed(1)
    })
  }

  /** The resident memory is none of it: what an allocator has been given back it keeps for the next time. */
  #grown(): string[] {
    const settled = this.#samples.slice(Math.floor(this.#samples.length / 4))
    const half = Math.floor(settled.length / 2)
    return rows.flatMap(([says, key]) => {
      if (key === 'resident') return []
      const [before, after] = [least(settled.slice(0, half), key), least(settled.slice(half), key)]
      return after > before * growth + noise ? [`${says} grew from ${before} to ${after} bytes.`] : []
    })
  }
}

const rows: readonly (readonly [string, keyof Memory])[] = [
  ['the heap', 'heap'],
  ['outside of it', 'external'],
  ['of that array buffers', 'arrayBuffers'],
  ['the heap of the store’s thread', 'storeHeap'],
  ['outside of that', 'storeExternal'],
  ['the process, resident', 'resident'],
]

const least = (samples: readonly Memory[], key: keyof Memory) =>
  Math.min(...samples.map((sample) => sample[key]))

async function sentenceOf(check: Promise<unknown>): Promise<string[]> {
  try {
    await check
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}
