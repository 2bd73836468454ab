import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { spawnGateway } from '../harness.ts'
import { followers } from './support/follower.ts'
import { lacks } from './support/needs.ts'
import { times } from './support/scale.ts'
import { emit, makeRoom, unlimited } from './support/writing.ts'

/** The calls that write or synchronise, from all threads, in the order they ended, with whole strings and the names of files. */
const strace = (to: string) =>
  ['strace', '-D', '-f', '-yy', '-s', '9000', '-o', to].concat(
    '-e',
    'trace=write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync',
  )

test('the log is synchronised to the disk before an acknowledgement or an event is written to any socket', {
  skip: lacks('strace'),
}, async (t) => {
  const gateway = await spawnGateway(unlimited, (data) => ({ under: strace(join(data, 'trace')) }))
  try {
    const users = Object.keys(followers)
    await makeRoom(gateway, users)
    const listening = Object.values(followers).map((Follower, i) => new Follower(gateway, users[i]!))
    for (const follower of listening) await follower.connect()
    const ids = new Map<string, string>()
    const wanted = times(40, 400)
    await Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let i = writer; i < wanted; i += 4) {
          const content = `written-${i}-`
          ids.set(content, await emit(gateway, content))
        }
      }),
    )
    for (const follower of listening) await follower.until(() => follower.heard.length === wanted)
    await Promise.all(listening.map((follower) => follower.cut()))
    await gateway.spawned.kill('SIGTERM')
    const trace = new Trace(readFileSync(join(gateway.data, 'trace'), 'latin1'))
    for (const [content, id] of ids) trace.check(content, id)
    t.diagnostic(`${ids.size} acknowledgements, ${trace.synchronised} synchronisations`)
  } finally {
    await gateway.dispose()
  }
})

/** What a process wrote, from what strace says of it. */
class Trace {
  readonly #lines: string[]
  readonly #synchronised: { readonly began: number; readonly ended: number }[] = []

  constructor(text: string) {
    this.#lines = text.split('\n')
    const under = new Map<string, number>()
    for (const [at, line] of this.#lines.entries()) {
      const thread = /^\d+/.exec(line)?.[0] ?? ''
      if (/ f(data)?sync\(\d+<[^>]*\.db-wal>/.test(line)) {
        if (line.includes('unfinished')) under.set(thread, at)
        else if (line.endsWith('= 0')) this.#synchronised.push({ began: at, ended: at })
      } else if (/<\.\.\. f(data)?sync resumed>.*= 0$/.test(line)) {
        const began = under.get(thread)
        if (began !== undefined) this.#synchronised.push({ began, ended: at })
      }
    }
  }

  get synchronised(): number {
    return this.#synchronised.length
  }

  check(content: string, id: string): void {
    const has = (line: string) => line.includes(content) || line.includes(id)
    const toLog = this.#lines.findIndex((line) => /pwrite(64|v)\(\d+<[^>]*\.db-wal>/.test(line) && has(line))
    const toSocket = this.#lines.findIndex((line) => /\(\d+<TCP/.test(line) && has(line))
    assert.ok(toLog >= 0 && toSocket >= 0, `${content} is in the trace: log ${toLog}, socket ${toSocket}`)
    const between = this.#synchronised.some(({ began, ended }) => began > toLog && ended < toSocket)
    assert.ok(between, `${content}: log at ${toLog}, socket at ${toSocket}, no synchronisation between`)
  }
}
