/**
 * How 100,000 members of one guild arrive from one sharder: how long it takes, what other clients notice of it, what memory it
 * takes, and how long a lookup by id takes afterwards.
 *
 *     node packages/gateway/bench/service-cache.ts [members]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { http, spawnGateway, type TestProcess } from '../test/harness.ts'

const members = Number(process.argv[2] ?? 100_000)
const secret = 'the secret of services in a benchmark'
const headers = { authorization: secret }
const firstId = 155112606661600000n

function status(process: TestProcess): { cpu: number; rss: number } {
  const { pid } = process.spawned.process
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { cpu: (Number(fields[11]) + Number(fields[12])) * 10, rss: Number(rss) / 1024 }
}

function percentile(sorted: readonly number[], share: number): string {
  return `${sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(1)} ms`
}

async function emitTimes(process: TestProcess, done: () => Promise<boolean>): Promise<number[]> {
  const times: number[] = []
  while (!(await done())) {
    for (let i = 0; i < 20; i++) {
      const start = performance.now()
      await http(process, 'POST', '/lobby/emit', { json: { i } })
      times.push(performance.now() - start)
    }
  }
  return times.sort((a, b) => a - b)
}

async function users(process: TestProcess): Promise<number> {
  return (await http(process, 'GET', '/v1/discord/users', { headers })).body.users
}

const gateway = await spawnGateway({ servicesSecret: secret, log: { level: 'warn' } })
try {
  let rounds = 0
  const quiet = await emitTimes(gateway, async () => ++rounds > 20)
  const before = status(gateway)
  const start = performance.now()
  const example = join(import.meta.dirname, '../../../examples/sharder.ts')
  const url = `${gateway.url.replace('http', 'ws')}/ws/v1`
  const options = ['--url', url, '--secret', secret, '--members', String(members), '--every', '100000']
  const sharder = spawn(process.execPath, [example, ...options], { stdio: 'ignore' })
  const loaded = await emitTimes(gateway, async () => (await users(gateway)) >= members)
  const took = (performance.now() - start) / 1000
  const after = status(gateway)
  console.log(
    `${members} members in ${took.toFixed(1)} s, ${((after.cpu - before.cpu) / 1000).toFixed(1)} s of server CPU`,
  )
  console.log(`memory ${before.rss.toFixed(0)} → ${after.rss.toFixed(0)} MB`)
  console.log(`store ${(statSync(join(gateway.data, 'parlance.db')).size / 1e6).toFixed(0)} MB`)
  for (const [what, times] of [
    ['before', quiet],
    ['meanwhile', loaded],
  ] as const) {
    console.log(
      `an emit ${what}: median ${percentile(times, 0.5)}, p99 ${percentile(times, 0.99)}, longest ${percentile(times, 1)}`,
    )
  }
  sharder.kill()
  await once(sharder, 'close')

  await gateway.crash()
  console.log(`after kill -9 and a restart: ${await users(gateway)} users`)
  const lookups = 5000
  const idle = status(gateway)
  for (let i = 0; i < lookups; i++) {
    const id = firstId + BigInt((i * 7919) % members)
    const { status } = await http(gateway, 'GET', `/v1/discord/guilds/254768930223161344/members/${id}`, {
      headers,
    })
    if (status !== 200) throw new Error(`member ${id} is answered ${status}`)
  }
  const busy = status(gateway)
  console.log(
    `a lookup of a member with its user: ${((busy.cpu - idle.cpu) / lookups).toFixed(2)} ms of server CPU`,
  )
  console.log(`memory ${busy.rss.toFixed(0)} MB`)
} finally {
  await gateway.dispose()
}
