import { HttpPool, inParallel } from '../client/http.ts'
import { cpuSeconds, quantile, residentBytes } from '../client/measure.ts'
import { servicesSecret } from '../client/token.ts'
import { LoadSocket } from '../client/web-socket.ts'
import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface Guild {
  readonly members: number
  /** How many members are then read by their ids. */
  readonly lookups: number
}

const guildID = '254768930223161344'
const firstId = 155112606661600000n
const membersPerFrame = 500

/** A sharder keeps a guild of many members in the cache while somebody else emits; then members are read over REST. */
export async function guild({ port, pids }: Target, { members, lookups }: Guild): Promise<Figures> {
  const http = new HttpPool(port)
  const sharder = await identify(port)
  let rounds = 0
  const undisturbed = await emitUntil(http, async () => ++rounds > 20)
  const [cpu, memory, began] = [cpuSeconds(pids), residentBytes(pids), performance.now()]
  sharder.send(cacheFrame([{ type: 'guild', id: guildID, name: 'measured', memberCount: members }]))
  for (let first = 0; first < members; first += membersPerFrame) {
    const count = Math.min(membersPerFrame, members - first)
    sharder.send(cacheFrame(Array.from({ length: count }, (_, index) => memberOf(first + index))))
  }
  const meanwhile = await emitUntil(http, async () => (await usersCached(http)) >= members)
  const [used, seconds] = [cpuSeconds(pids) - cpu, (performance.now() - began) / 1000]
  const grown = residentBytes(pids) - memory

  const idle = cpuSeconds(pids)
  await inParallel(lookups, 8, async (index) => {
    const id = firstId + BigInt((index * 7919) % members)
    await http.ask('GET', `/v1/discord/guilds/${guildID}/members/${id}`, '', servicesSecret)
  })
  const perLookup = ((cpuSeconds(pids) - idle) / lookups) * 1000
  sharder.cut()
  http.close()
  return {
    'all cached, s': seconds,
    'server CPU, s': used,
    'memory grew by, MB': grown / 1024 / 1024,
    'an emit before, p99, ms': quantile(undisturbed, 0.99),
    'an emit meanwhile, p99, ms': quantile(meanwhile, 0.99),
    'a member by id, ms of CPU': perLookup,
  }
}

/** Resolves when the gateway has taken it for a sharder. */
async function identify(port: number): Promise<LoadSocket> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const sharder = await LoadSocket.open(port, '/ws/v1', (own) => (_opcode, buffer, start, end) => {
    const { op, t } = JSON.parse(buffer.toString('utf8', start, end)) as { op: number; t?: string }
    if (op === 1) own.send(JSON.stringify({ op: 1, d: {} }))
    if (t === 'IDENTIFIED') resolve()
  })
  sharder.send(JSON.stringify({ op: 0, d: { type: 'sharder', compress: false, secret: servicesSecret } }))
  await promise
  return sharder
}

function cacheFrame(entities: readonly object[]): string {
  return JSON.stringify({ op: 5, d: entities })
}

function memberOf(number: number): object {
  const id = String(firstId + BigInt(number))
  const user = { id, username: `member ${number}`, discriminator: '0001', avatar: null, bot: false }
  const joinedAt = '2018-08-16T12:00:00.000Z'
  return { type: 'member', id, guildID, nickname: null, roles: [guildID], joinedAt, user }
}

async function usersCached(http: HttpPool): Promise<number> {
  return JSON.parse(await http.ask('GET', '/v1/discord/users', '', servicesSecret)).users
}

/** Emits, one after another, and gives how long each took in milliseconds. */
async function emitUntil(http: HttpPool, done: () => Promise<boolean>): Promise<number[]> {
  const times: number[] = []
  while (!(await done())) {
    for (let emit = 0; emit < 20; emit++) {
      const began = performance.now()
      await http.ask('POST', '/lobby/emit', '"x"')
      times.push(performance.now() - began)
    }
  }
  return times
}
