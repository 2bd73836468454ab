import { inParallel } from '../client/http.ts'
import { cpuSeconds } from '../client/measure.ts'
import { type SpeechName, speeches } from '../speeches/all.ts'
import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface Connects {
  readonly speech: SpeechName
  /** How many are on their way in at any moment. Each leaves when it is in. */
  readonly atOnce: number
  readonly connections: number
}

const rooms = 100

/** Connecting, being identified where the protocol has that, being in a room, and leaving. */
export async function connects(target: Target, options: Connects): Promise<Figures> {
  const speech = await speeches[options.speech](target)
  const names = Array.from({ length: rooms }, (_, index) => `room${String(index).padStart(5, '0')}`)
  const warming = Math.ceil(options.connections / 3)
  await speech.prepare?.(names, Math.ceil((options.connections + warming) / rooms))
  const come = async (index: number): Promise<void> => (await speech.join(names[index % rooms]!)).cut()
  await inParallel(warming, options.atOnce, come)
  const cpu = cpuSeconds(target.pids)
  await inParallel(options.connections, options.atOnce, (index) => come(warming + index))
  const used = cpuSeconds(target.pids) - cpu
  speech.close()
  return { 'connections a CPU second': options.connections / used }
}
