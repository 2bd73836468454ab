import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** The core that servers run on; the load generator has the other. */
const serverCore = '0'

export interface ServerProcess {
  readonly pid: number
  /** The line that said it is ready. */
  readonly ready: string
  /** How long it took until then, in milliseconds. */
  readonly readyAfter: number
  /** `ws://…` of its inspector, where `nodeArguments` asked for one. */
  readonly inspector?: string
  stop(): Promise<void>
}

interface Start {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What a line of its output looks like when it accepts connections. */
  readonly ready: RegExp
}

/** Starts a server on its core. Rejects with what it said when it ends instead of being ready. */
export async function startServer({ command, args, env, ready }: Start): Promise<ServerProcess> {
  const began = performance.now()
  const child = spawn('taskset', ['-c', serverCore, command, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = await untilReady(child, ready)
  const readyAfter = performance.now() - began
  const inspector = /Debugger listening on (ws:\S+)/.exec(said)?.[1]
  return {
    pid: child.pid!,
    ready: said.split('\n').find((line) => ready.test(line))!,
    readyAfter,
    ...(inspector !== undefined && { inspector }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const hurry = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(hurry)
    },
  }
}

/** Arguments of `node` for a server that can be inspected, or cannot. */
export function nodeArguments(inspectable: boolean): string[] {
  return inspectable ? ['--inspect=127.0.0.1:0'] : []
}

/** What it said until it was ready. */
function untilReady(child: ChildProcess, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const read = (chunk: Buffer): void => {
      said = (said + chunk).slice(-10_000)
      if (ready.test(said)) resolve(said)
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', read)
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code}: ${said}`)))
  })
}

/** For servers that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
