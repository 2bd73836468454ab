import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { command, environment } from './spawned-gateway.ts'

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export interface CommandEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** `parlance …` as a process. */
export class RunningCommand {
  readonly process: ChildProcess
  readonly ended: Promise<CommandEnd>
  readonly #lines: Interface
  readonly #ahead: string[] = []
  readonly #waiting: ((line: string) => void)[] = []

  constructor(args: readonly string[], { env = {}, cwd }: CommandOptions = {}) {
    const child = spawn(process.execPath, [command, ...args], { env: environment(env), cwd })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    this.process = child
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }))
    this.#lines = createInterface(child.stdout)
    this.#lines.on('line', (line) => {
      const take = this.#waiting.shift()
      if (take === undefined) this.#ahead.push(line)
      else take(line)
    })
  }

  /** The next line on stdout; rejects when the process ends without one. */
  line(): Promise<string> {
    const line = this.#ahead.shift()
    if (line !== undefined) return Promise.resolve(line)
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve)
      void this.ended.then(({ code, stderr }) => reject(new Error(`ended with ${code}: ${stderr}`)))
    })
  }

  kill(signal: NodeJS.Signals): Promise<CommandEnd> {
    this.process.kill(signal)
    return this.ended
  }
}

/** Runs `parlance …` to its end. */
export function runCommand(args: readonly string[], options?: CommandOptions): Promise<CommandEnd> {
  return new RunningCommand(args, options).ended
}
