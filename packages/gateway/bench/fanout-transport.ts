/**
 * Fan-out of the transport alone: 1,000 subscribers of one audience, 128-byte messages, one publisher that keeps W of them in
 * flight; against `ws.send()` in a loop. Server and clients are processes of their own, on a core of their own where
 * `taskset` exists. The figure is deliveries per second of the server's CPU time.
 *
 *     node packages/gateway/bench/fanout-transport.ts [seconds] [rounds]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

type Kind = 'ws' | 'shared' | 'stamped'

const subscribers = 1000
const kinds: readonly Kind[] = ['ws', 'shared', 'stamped']

const [seconds = 3, rounds = 3] = process.argv.slice(2).map(Number)
for (const inFlight of [1, 32]) {
  const rates = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]))
  for (let round = 0; round < rounds; round++) {
    // In turns, so that a noisy moment of the machine hits all of them.
    for (const kind of kinds) rates.get(kind)!.push(await measure(kind, inFlight))
  }
  const base = median(rates.get('ws')!)
  for (const kind of kinds) {
    const rate = median(rates.get(kind)!)
    console.log(
      `W=${String(inFlight).padEnd(3)} ${kind.padEnd(8)} ${Math.round(rate / 1000)} k/s  ×${(rate / base).toFixed(2)}`,
    )
  }
}

async function measure(kind: Kind, inFlight: number): Promise<number> {
  const server = start('fanout-server.ts', 0, [kind])
  const port = await message<number>(server)
  const clients = start('fanout-clients.ts', 1, [String(port), String(subscribers), String(inFlight)])
  await message<'ready'>(clients)
  await pause(500)
  const before = await ask<number>(server, 'cpu')
  const countBefore = await ask<number>(clients, 'count')
  await pause(seconds * 1000)
  const count = await ask<number>(clients, 'count')
  const after = await ask<number>(server, 'cpu')
  clients.kill()
  server.kill()
  return (count - countBefore) / (after - before)
}

function start(file: string, core: number, args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const pin = existsSync('/usr/bin/taskset') ? ['/usr/bin/taskset', '-c', String(core)] : []
  const [program, ...rest] = [...pin, process.execPath, path, ...args]
  return spawn(program!, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (value) => resolve(value as T)))
}

function ask<T>(child: ChildProcess, question: string): Promise<T> {
  const answer = message<T>(child)
  child.send(question)
  return answer
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
