import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { PartialConfig } from '../../src/app/config/schema.ts'

export const command = join(import.meta.dirname, '../../bin/parlance.js')

/** What a process leaves behind. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Our own variables only where a test sets them: those of whoever runs the tests must not change what they test. */
export function environment(variables: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLANCE_'))
  return { ...Object.fromEntries(others), ...variables }
}

/** What stands around the process of a gateway. */
export interface Surroundings {
  /** A program and its options that run the rest of the line in its place, such as `faketime +1h`. */
  readonly under?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A gateway in a process of its own, to be stopped in ways that the test's process would not survive. */
export class SpawnedGateway {
  readonly url: string
  readonly process: ChildProcess
  readonly #exit: Promise<Exit>
  readonly #said: string[]

  /** Resolves when the gateway says that it accepts connections; rejects with what it said when it ends before. */
  static async start(
    data: string,
    overrides: PartialConfig,
    { under = [], env = {} }: Surroundings = {},
  ): Promise<SpawnedGateway> {
    const file = join(data, 'overrides.yaml')
    writeFileSync(file, JSON.stringify(overrides))
    const options = ['serve', '--port', '0', '--data', data, '--config', file]
    const [program, ...args] = [...under, process.execPath, command, ...options]
    const child = spawn(program!, args, { env: environment(env) })
    const said: string[] = []
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
    const exit = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }))
    const line = await Promise.race([once(createInterface(child.stdout), 'line'), exit])
    const url = Array.isArray(line) ? /http:\S+/.exec(String(line[0]))?.[0] : undefined
    if (url === undefined) throw new Error(`the gateway did not start:\n${said.join('')}`)
    return new SpawnedGateway(url, child, exit, said)
  }

  private constructor(url: string, child: ChildProcess, exit: Promise<Exit>, said: string[]) {
    this.url = url
    this.process = child
    this.#exit = exit
    this.#said = said
  }

  /** What it has written to its log so far. */
  get log(): string {
    return this.#said.join('')
  }

  /** Resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<Exit> {
    this.process.kill(signal)
    return this.#exit
  }
}
