import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '../client/http.ts'
import { collectGarbage } from '../client/inspector.ts'
import { residentBytes } from '../client/measure.ts'
import type { LoadSocket } from '../client/web-socket.ts'
import { type SpeechName, speeches } from '../speeches/all.ts'
import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface Memory {
  readonly speech: SpeechName
  /** How many connections are open at each measurement, rising. */
  readonly steps: readonly number[]
  /** How long nothing happens before memory is read, in milliseconds. */
  readonly settle: number
}

const perRoom = 10
/** Connections that come and go before anything is measured. */
const warming = 20

/** Memory per open connection that says nothing, in rooms of ten; and what stays when all have left. */
export async function memory(target: Target, options: Memory): Promise<Figures> {
  const speech = await speeches[options.speech](target)
  const most = options.steps.at(-1)!
  const rooms = Array.from(
    { length: Math.ceil(most / perRoom) },
    (_, i) => `room${String(i).padStart(5, '0')}`,
  )
  await speech.prepare?.(rooms, perRoom + warming)
  const sockets: LoadSocket[] = []
  // What is made once only, and by the first, is not theirs.
  await inParallel(warming, 16, async () => (await speech.join(rooms[0]!)).cut())
  const before = await inUse(target, options.settle)
  const figures: Figures = {}
  for (const step of options.steps) {
    const opened = sockets.length
    await inParallel(step - opened, 32, async (index) => {
      sockets.push(await speech.join(rooms[(opened + index) % rooms.length]!))
    })
    figures[`kB each, ${step} open`] = ((await inUse(target, options.settle)) - before) / step / 1024
  }
  for (const socket of sockets) socket.cut()
  figures[`kB each of ${most}, all gone`] = ((await inUse(target, options.settle)) - before) / most / 1024
  speech.close()
  return figures
}

async function inUse({ pids, inspector }: Target, settle: number): Promise<number> {
  await pause(settle)
  await collectGarbage(inspector)
  await pause(settle)
  return residentBytes(pids)
}
