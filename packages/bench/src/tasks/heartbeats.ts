import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '../client/http.ts'
import { cpuSeconds } from '../client/measure.ts'
import { LoadSocket } from '../client/web-socket.ts'
import { CommsClient } from '../speeches/comms.ts'
import type { Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface Heartbeats {
  readonly by: 'comms' | 'echo'
  readonly connections: number
  /** How long it runs before it is measured, in seconds: until then it also costs compiling. */
  readonly warmUp: number
  readonly seconds: number
}

/** Each connection sends `{"f":120}` again when the last was answered. */
export async function heartbeats({ port, pids }: Target, options: Heartbeats): Promise<Figures> {
  let answers = 0
  const begin: (() => void)[] = []
  await inParallel(options.connections, 16, async (index) => {
    if (options.by === 'comms') {
      const client = await CommsClient.present(port, `user ${index}`)
      // Others who come later would be heard as answers.
      begin.push(() => client.beat(() => answers++))
    } else {
      const socket = await LoadSocket.open(port, '/echo', (own) => () => {
        answers++
        own.send('{"f":120}')
      })
      begin.push(() => socket.send('{"f":120}'))
    }
  })
  await pause(500)
  for (const one of begin) one()
  await pause(options.warmUp * 1000)
  const [cpu, before] = [cpuSeconds(pids), answers]
  await pause(options.seconds * 1000)
  return { 'answers a CPU second': (answers - before) / (cpuSeconds(pids) - cpu) }
}
