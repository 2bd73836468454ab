import { setTimeout as pause } from 'node:timers/promises'
import { Crowd } from '../faults/support/crowd.ts'
import { http, type TestProcess } from '../harness.ts'
import { Passers } from './passers.ts'

const writers = 4
const followersOfEach = 4
const passersAtOnce = 8
/** How often memory is looked at, in milliseconds. */
const every = 5000
/** The heap may grow so much between the second quarter and the end, over what noise there is. */
const growth = 1.5

interface Sample {
  readonly heap: number
  readonly resident: number
  readonly connections: number
}

/** People of all protocols who write, follow, break off, come and go. */
export class Soak {
  readonly #gateway: TestProcess
  readonly #crowd: Crowd
  readonly #passers: Passers
  readonly #samples: Sample[] = []
  #breaks = 0
  #seconds = 0

  static async begin(gateway: TestProcess): Promise<Soak> {
    const crowd = await Crowd.gather(gateway, writers, followersOfEach, 5)
    return new Soak(gateway, crowd, await Passers.begin(gateway, passersAtOnce))
  }

  private constructor(gateway: TestProcess, crowd: Crowd, passers: Passers) {
    this.#gateway = gateway
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
      this.#samples.push(await this.#sample())
    }
    this.#seconds = (performance.now() - began) / 1000
    return [
      ...(await sentenceOf(this.#passers.end())),
      ...(await sentenceOf(this.#crowd.settle())),
      ...this.#memory(),
    ]
  }

  summary(): string {
    const [first, last] = [this.#samples[0]!, this.#samples.at(-1)!]
    const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`
    return [
      `${Math.round(this.#seconds)} s, ${this.#crowd.written.length} messages acknowledged and heard by ${this.#crowd.followers.length} followers in one order`,
      `${this.#breaks} connections broken and resumed, ${this.#passers.visits} visits that joined and left once each`,
      `heap ${mb(first.heap)} at first, ${mb(last.heap)} at last; resident ${mb(first.resident)}, ${mb(last.resident)}; ${last.connections} connections at last`,
    ].join('\n')
  }

  #memory(): string[] {
    const settled = this.#samples.slice(Math.floor(this.#samples.length / 4))
    const half = Math.floor(settled.length / 2)
    const [before, after] = [least(settled.slice(0, half)), least(settled.slice(half))]
    return after > before * growth ? [`The heap grew from ${before} to ${after} bytes.`] : []
  }

  async #sample(): Promise<Sample> {
    const { text } = await http(this.#gateway, 'GET', '/metrics')
    const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
    return {
      heap: figure('nodejs_heap_size_used_bytes'),
      resident: figure('process_resident_memory_bytes'),
      connections: figure('parlance_connections'),
    }
  }
}

/** The least of what garbage leaves. */
const least = (samples: readonly Sample[]) => Math.min(...samples.map(({ heap }) => heap))

async function sentenceOf(check: Promise<void>): Promise<string[]> {
  try {
    await check
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}
