import { setTimeout as pause } from 'node:timers/promises'
import { HttpPool } from '../client/http.ts'
import { cpuSeconds, quantile } from '../client/measure.ts'
import { CommsClient } from '../speeches/comms.ts'
import { messageBytes, type Target } from '../speeches/speech.ts'
import type { Figures } from './task.ts'

export interface Publishes {
  /** How the publishers speak: `emit`, POST /:channel/emit; `comms`, a WebSocket in a channel of its own; `nchan`, POST. */
  readonly by: keyof typeof publishers
  /** Each publishes again when its last message was acknowledged. */
  readonly publishers: number
  /** How long it runs before it is measured, in seconds: until then it also costs compiling. */
  readonly warmUp: number
  readonly seconds: number
}

type Publish = (publisher: number, message: number) => Promise<unknown>

const text = 'x'.repeat(messageBytes)

const publishers = {
  emit(port: number): Publish {
    const http = new HttpPool(port)
    return () => http.ask('POST', '/published/emit', `"${text}"`)
  },
  nchan(port: number): Publish {
    const http = new HttpPool(port)
    return () => http.ask('POST', '/pub/published', text)
  },
  async comms(port: number, count: number): Promise<Publish> {
    const http = new HttpPool(port)
    const clients: CommsClient[] = []
    for (let index = 0; index < count; index++) {
      const client = await CommsClient.present(port, `publisher ${index}`)
      await client.move(http, `published${index}`)
      clients.push(client)
    }
    return (publisher, message) => clients[publisher]!.post(text, message)
  },
}

/** Messages that nobody else hears, each acknowledged before its publisher's next. */
export async function publishes({ port, pids }: Target, options: Publishes): Promise<Figures> {
  const publish = await publishers[options.by](port, options.publishers)
  const latencies: number[] = []
  let running = true
  const workers = Array.from({ length: options.publishers }, async (_, publisher) => {
    for (let message = 1; running; message++) {
      const began = performance.now()
      await publish(publisher, message)
      latencies.push(performance.now() - began)
    }
  })
  await pause(options.warmUp * 1000)
  latencies.length = 0
  const [cpu, began] = [cpuSeconds(pids), performance.now()]
  await pause(options.seconds * 1000)
  const [used, seconds, count] = [
    cpuSeconds(pids) - cpu,
    (performance.now() - began) / 1000,
    latencies.length,
  ]
  const figures = {
    'a second': count / seconds,
    'a CPU second': count / used,
    'p50, ms': quantile(latencies, 0.5),
    'p99, ms': quantile(latencies, 0.99),
  }
  running = false
  await Promise.all(workers)
  return figures
}
