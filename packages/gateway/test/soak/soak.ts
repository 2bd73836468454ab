import { setTimeout as pause } from 'node:timers/promises'
import { Crowd } from '../faults/support/crowd.ts'
import type { TestProcess } from '../harness.ts'
import { Inspector, type Memory } from './inspector.ts'
import { Passers } from './passers.ts'

const writers = 4
const followersOfEach = 4
const passersAtOnce = 8
/** How often memory is looked at, in milliseconds. */
const every = 5000
/** What is held after garbage collection may grow so much between the second quarter and the end. */
const growth = 1.25
const noise = 4 * 2 ** 20

/** People of all protocols who write, follow, break off, come and go. */
export class Soak {
  readonly #inspector: Inspector
  readonly #crowd: Crowd
  readonly #passers: Passers
  readonly #samples: Memory[] = []
  #breaks = 0
  #seconds = 0

  /** The gateway must be `inspectable`. */
  static async begin(gateway: TestProcess): Promise<Soak> {
    const inspector = await Inspector.attach(gateway.spawned)
    const crowd = await Crowd.gather(gateway, writers, followersOfEach, 5)
    return new Soak(inspector, crowd, await Passers.begin(gateway, passersAtOnce))
  }

  private constructor(inspector: Inspector, crowd: Crowd, passers: Passers) {
    this.#inspector = inspector
    this.#crowd = crowd
    this.#passers = passers
  }

  /** What was wrong, in sentences. */
  async run(ms: number): Promise<string[]> {
    const began = performance.now()
    for (let look = began; performance.now() - began < ms; ) {
      const { followers } = this.#crowd
      await followers[Math.floor(Math.random() * followers.length)]!.cut()
      this.#breaks += 1
      await pause(Math.random() * 200)
      if (performance.now() < look) continue
      look += every
      this.#samples.push(await this.#inspector.memory())
    }
    this.#seconds = (performance.now() - began) / 1000
    const wrong = [
      ...(await sentenceOf(this.#passers.end())),
      ...(await sentenceOf(this.#crowd.settle())),
      ...this.#grown(),
    ]
    await this.#inspector.close()
    return wrong
  }

  summary(): string {
    return [
      `${Math.round(this.#seconds)} s, ${this.#crowd.written.length} messages acknowledged and heard by ${this.#crowd.followers.length} followers in one order`,
      `${this.#breaks} connections broken and resumed, ${this.#passers.visits} visits that joined and left once each`,
      'memory after garbage collection, in MB: at first, after each quarter of the time',
      ...rows.map(([says, key]) => `  ${says}: ${this.#quarters(key).join(', ')}`),
    ].join('\n')
  }

  #quarters(key: keyof Memory): string[] {
    const last = this.#samples.length - 1
    return [0, 0.25, 0.5, 0.75, 1].map((part) => {
      const sample = this.#samples[Math.round(part * last)]!
      return (sample[key] / 2 ** 20).toFixed(1)
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

async function sentenceOf(check: Promise<void>): Promise<string[]> {
  try {
    await check
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}
