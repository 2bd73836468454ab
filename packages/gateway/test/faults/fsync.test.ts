import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { spawnGateway } from '../harness.ts'
import { followers } from './support/follower.ts'
import { hands } from './support/hands.ts'
import { lacks } from './support/needs.ts'
import { times } from './support/scale.ts'
import { makeRoom, unlimited } from './support/writing.ts'

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
    await makeRoom(gateway, [...users, 'writer'])
    const listening = Object.values(followers).map((Follower, i) => new Follower(gateway, users[i]!))
    for (const follower of listening) await follower.connect()
    const written: Written[] = []
    const wanted = times(40, 400)
    const writers = hands.map((hand) => hand(gateway, 'writer'))
    // Over a connection that is there then, so that it is known who hears what.
    for (const hand of writers) await hand.write(`first by ${hand.protocol}`)
    await Promise.all(
      writers.map(async (hand, writer) => {
        for (let i = writer; i < wanted; i += writers.length) {
          const content = `written-${i}-`
          written.push({ content, by: hand.protocol, name: await hand.write(content) })
        }
      }),
    )
    for (const follower of listening)
      await follower.until(() => follower.heard.length === wanted + writers.length)
    await Promise.all([
      ...listening.map((follower) => follower.cut()),
      ...writers.map((hand) => hand.close()),
    ])
    await gateway.spawned.kill('SIGTERM')
    const trace = new Trace(readFileSync(join(gateway.data, 'trace'), 'latin1'))
    // Who writes by `comms` is in the room as well.
    const hearing = listening.length + 1
    for (const one of written) trace.check(one, one.by === 'comms' ? hearing : hearing + 1)
    t.diagnostic(
      `${written.length} acknowledgements, by ${writers.map(({ protocol }) => protocol).join(', ')}, ` +
        `each heard by ${hearing}; ${trace.synchronised} synchronisations`,
    )
  } finally {
    await gateway.dispose()
  }
})

interface Written {
  readonly content: string
  readonly by: string
  /** What the acknowledgement names it by. */
  readonly name: string
}

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

  /** `sockets`: to so many of them it was written, be it as an acknowledgement or as an event. */
  check({ content, name }: Written, sockets: number): void {
    const has = (line: string) => line.includes(content) || line.includes(name)
    const toLog = this.#lines.findIndex((line) => /pwrite(64|v)\(\d+<[^>]*\.db-wal>/.test(line) && has(line))
    const toSocket = this.#lines.findIndex((line) => socketOf(line) !== undefined && has(line))
    assert.ok(toLog >= 0 && toSocket >= 0, `${content} is in the trace: log ${toLog}, socket ${toSocket}`)
    const between = this.#synchronised.some(({ began, ended }) => began > toLog && ended < toSocket)
    assert.ok(between, `${content}: log at ${toLog}, socket at ${toSocket}, no synchronisation between`)
    const reached = new Set(this.#lines.filter(has).map(socketOf))
    reached.delete(undefined)
    assert.equal(reached.size, sockets, `${content} was written to each socket that it is for`)
  }
}

/** The socket that a line writes to. */
function socketOf(line: string): string | undefined {
  return /\((\d+<TCP[^\]]*)/.exec(line)?.[1]
}
