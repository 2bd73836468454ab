import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '../client/http.ts'
import { collectGarbage } from '../client/inspector.ts'
import { residentBytes } from '../client/measure.ts'
import { channels } from '../speeches/channels.ts'
import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface Churn {
  /** Visits between two measurements: to come, be told who is there, and go. */
  readonly visits: number
  /** How many measurements. */
  readonly rounds: number
  readonly atOnce: number
  /** How long nothing happens before memory is read, in milliseconds. */
  readonly settle: number
}

const roomCount = 500

/**
 * Memory after each round of a long coming and going, with nobody there. Rooms are the same ones, users are not: they are kept in the
 * store, whose cache of pages fills up to its bound first.
 */
export async function churn(target: Target, { visits, rounds, atOnce, settle }: Churn): Promise<Figures> {
  const speech = channels(target)
  const figures: Figures = {}
  for (let round = 1; round <= rounds; round++) {
    await inParallel(visits, atOnce, async (index) => {
      const socket = await speech.join(`room${index % roomCount}`)
      await pause(20)
      socket.cut()
    })
    await pause(settle)
    await collectGarbage(target.inspector)
    figures[`MB after ${round * visits} visits`] = residentBytes(target.pids) / 1024 / 1024
  }
  return figures
}
