import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '../client/http.ts'
import { collectGarbage } from '../client/inspector.ts'
import { residentBytes } from '../client/measure.ts'
import { channels } from '../speeches/channels.ts'
import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface Churn {
  /** Visits in each third of the time: to come, be told who is there, and go. */
  readonly visits: number
  readonly atOnce: number
  /** How long nothing happens before memory is read, in milliseconds. */
  readonly settle: number
}

const rooms = 500

/** Memory after each third of a long coming and going, with nobody there. Rooms are the same ones, users are not. */
export async function churn(target: Target, { visits, atOnce, settle }: Churn): Promise<Figures> {
  const speech = channels(target)
  const figures: Figures = {}
  for (const third of [1, 2, 3]) {
    await inParallel(visits, atOnce, async (index) => {
      const socket = await speech.join(`room${index % rooms}`)
      await pause(20)
      socket.cut()
    })
    await pause(settle)
    await collectGarbage(target.inspector)
    figures[`MB after ${third * visits} visits`] = residentBytes(target.pids) / 1024 / 1024
  }
  return figures
}
