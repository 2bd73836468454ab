import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { http, spawnGateway, type TestProcess } from '../harness.ts'
import { followers, room } from './support/follower.ts'
import { contentBy, keptActs } from './support/kept-acts.ts'
import { lacks } from './support/needs.ts'
import { type Guest, waysIn } from './support/ways-in.ts'
import { contentsOf, emit, eventsOf, makeRoom, unlimited } from './support/writing.ts'

/**
 * While the store cannot write: whoever writes is told so in the words of their protocol, nobody hears of it, reads go on. When it can
 * again, so does everything, without a restart, and nothing of what was refused is there.
 */
async function survives(
  gateway: TestProcess,
  breakStore: () => Promise<void>,
  mendStore: () => Promise<void>,
): Promise<void> {
  await makeRoom(gateway, ['ann', 'bob'])
  const following = Object.values(followers).map((Follower) => new Follower(gateway, 'ann'))
  for (const follower of following) await follower.connect()
  const acts = await keptActs(gateway)
  const watching: Guest[] = []
  for (const protocol of protocolsOfRooms) watching.push(await waysIn[protocol](gateway, 'ann'))
  await emit(gateway, 'before')
  const log = await eventsSoFar(gateway)

  await breakStore()
  for (let again = 0; again < 3; again++) {
    for (const { what, refused, ask } of acts) assert.deepEqual(await ask(), refused, what)
  }
  assert.deepEqual(await eventsSoFar(gateway), log)
  assert.equal((await http(gateway, 'GET', `/${room}/history`)).status, 200)
  assert.equal((await http(gateway, 'GET', '/healthz')).status, 200)
  const notReady = await http(gateway, 'GET', '/readyz')
  assert.deepEqual([notReady.status, notReady.body], [503, { status: 'store' }])

  await mendStore()
  // Without a write by anyone else: a gateway that gets no work because it is not ready must find out by itself.
  assert.equal((await http(gateway, 'GET', '/readyz')).status, 200)
  await emit(gateway, 'after')
  for (const follower of following) {
    await follower.until(() => follower.heard.at(-1) === 'after')
    assert.deepEqual(follower.heard, ['before', 'after'], follower.protocol)
    await follower.cut()
  }
  for (const guest of watching) {
    while (!(await guest.nextText()).includes('before'));
    assert.match(await guest.nextText(), /after/, 'nothing was heard of what was refused')
    await guest.terminate()
  }
  for (const { what, kept, ask } of acts) assert.deepEqual(await ask(), kept, what)
  assert.deepEqual(await contentsOf(gateway), contentsInTheEnd)
}

const protocolsOfRooms = ['channels', 'rooms', 'comms', 'messenger'] as const
const contentsInTheEnd = ['the room is made', 'before', 'after', ...protocolsOfRooms.map(contentBy)]

async function eventsSoFar(gateway: TestProcess): Promise<unknown[]> {
  const events: unknown[] = []
  for await (const event of eventsOf(gateway)) events.push(event)
  return events
}

test('a full disk', { skip: lacks('tmpfs') }, async () => {
  // A file system of its own, which only this process sees, over its data folder.
  const mount =
    'f=$(mktemp) && cp "$0"/overrides.yaml $f && mount -t tmpfs -o size=3m tmpfs "$0" && cp $f "$0"/overrides.yaml && rm $f && exec "$@"'
  const gateway = await spawnGateway(unlimited, (data) => ({
    under: ['unshare', '--mount', 'sh', '-c', mount, data],
  }))
  const inside = `/proc/${gateway.spawned.process.pid}/root${gateway.data}/filler`
  try {
    await survives(
      gateway,
      async () => fill(inside),
      async () => rmSync(inside),
    )
  } finally {
    await gateway.dispose()
  }
})

function fill(path: string): void {
  for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
    }
  }
}

for (const [fault, calls] of [
  ['a disk that cannot synchronise', 'fsync,fdatasync'],
  ['a disk that cannot write', 'pwrite64'],
] as const) {
  test(fault, { skip: lacks('strace') }, async () => {
    const gateway = await spawnGateway(unlimited)
    let tracer: ChildProcess | undefined
    try {
      await survives(
        gateway,
        async () => {
          tracer = await inject(gateway.spawned.process.pid!, calls)
        },
        async () => {
          tracer!.kill('SIGINT')
          await once(tracer!, 'close')
        },
      )
      await gateway.crash()
      assert.deepEqual(await contentsOf(gateway), contentsInTheEnd)
    } finally {
      tracer?.kill('SIGINT')
      await gateway.dispose()
    }
  })
}

/** Makes these calls of a process fail, until the tracer is interrupted. */
async function inject(pid: number, calls: string): Promise<ChildProcess> {
  const options = ['-f', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:error=EIO`]
  const tracer = spawn('strace', [...options, '-p', `${pid}`], { stdio: ['ignore', 'ignore', 'pipe'] })
  for await (const said of tracer.stderr!) if (String(said).includes('attached')) break
  return tracer
}
