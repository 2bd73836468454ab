import { setTimeout as pause } from 'node:timers/promises'
import { HttpPool, inParallel } from '../client/http.ts'
import { cpuSeconds } from '../client/measure.ts'
import type { LoadSocket } from '../client/web-socket.ts'
import { channels } from '../speeches/channels.ts'
import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface Growth {
  /** How many other rooms there are, with a listener each, rising. */
  readonly others: readonly number[]
  readonly publishes: number
  readonly disconnects: number
}

/** What a publish to a room of ten costs, and what a disconnect, while other rooms are there. */
export async function growth(target: Target, options: Growth): Promise<Figures> {
  const speech = channels(target)
  const http = new HttpPool(target.port)
  for (let index = 0; index < 10; index++) await speech.join('measured')
  const figures: Figures = {}
  let there = 0
  const publish = (): Promise<void> =>
    inParallel(options.publishes, 16, async () => {
      await http.ask('POST', '/measured/emit', '"x"')
    })
  await publish()
  for (const others of options.others) {
    await inParallel(others - there, 32, async (index) => {
      await speech.join(`other${there + index}`)
    })
    there = others
    await pause(500)
    const cpu = cpuSeconds(target.pids)
    await publish()
    figures[`a publish, ${others} other rooms, µs`] =
      ((cpuSeconds(target.pids) - cpu) / options.publishes) * 1e6
    figures[`a disconnect, ${others} other rooms, µs`] = await disconnect()
  }
  return figures

  async function disconnect(): Promise<number> {
    const leaving: LoadSocket[] = []
    await inParallel(options.disconnects, 16, async (index) => {
      leaving.push(await speech.join(`left${index % 100}`))
    })
    await pause(500)
    const cpu = cpuSeconds(target.pids)
    for (const socket of leaving) socket.cut()
    await pause(1000)
    return ((cpuSeconds(target.pids) - cpu) / options.disconnects) * 1e6
  }
}
