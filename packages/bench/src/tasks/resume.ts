import { setTimeout as pause } from 'node:timers/promises'
import { eventLoopDelay } from '../client/event-loop.ts'
import { HttpPool, inParallel } from '../client/http.ts'
import { cpuSeconds } from '../client/measure.ts'
import { type Resumable, type ResumableName, resumables } from '../speeches/resumable.ts'
import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface Resume {
  readonly speech: ResumableName
  readonly rooms: number
  readonly perRoom: number
  /** How many events each client misses. */
  readonly missed: number
}

/**
 * All clients are cut at once, each misses events, and all come back at once. Then one more event is published. Throws unless
 * each has every event once and in order.
 */
export async function resume({ port, pids }: Target, options: Resume): Promise<Figures> {
  const { rooms, perRoom, missed } = options
  const http = new HttpPool(port)
  const make = await resumables[options.speech](port, http, rooms, perRoom)
  const clients: Resumable[] = []
  await inParallel(rooms * perRoom, 32, async (index) => {
    const client = make(index % rooms)
    await client.join()
    clients.push(client)
  })
  await pause(1000)
  for (const client of clients) client.cut()
  await pause(1000)
  for (let event = 1; event <= missed; event++) await inEachRoom(event)
  await eventLoopDelay(port)

  const [cpu, began] = [cpuSeconds(pids), performance.now()]
  await Promise.all(clients.map((client) => client.resume()))
  await until(() => clients.every(({ heard }) => heard.length >= missed), 'the missed events')
  const [used, seconds] = [cpuSeconds(pids) - cpu, (performance.now() - began) / 1000]
  const { p99, max } = await eventLoopDelay(port)
  await inEachRoom(missed + 1)
  await until(() => clients.every(({ heard }) => heard.length > missed), 'what came after them')
  await pause(500)
  for (const { heard } of clients) check(heard, missed + 1)
  for (const client of clients) client.cut()
  return {
    'all back, s': seconds,
    'CPU each, ms': (used * 1000) / clients.length,
    'event-loop delay p99, ms': p99,
    'event-loop delay max, ms': max,
  }

  function inEachRoom(event: number): Promise<void> {
    return inParallel(rooms, 16, (room) => make.publish(room, `event ${event}`))
  }
}

function check(heard: readonly number[], last: number): void {
  const right = heard.length === last && heard.every((event, index) => event === index + 1)
  if (!right) throw new Error(`a client heard ${heard.join(', ')} where 1 to ${last} were published`)
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const began = performance.now()
  while (!holds()) {
    if (performance.now() - began > 60_000) throw new Error(`not everyone got ${what} within a minute`)
    await pause(20)
  }
}
