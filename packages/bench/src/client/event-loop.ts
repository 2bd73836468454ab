import { HttpConnection } from './http.ts'

/** The gateway's event-loop delay since this was last asked: 99th percentile and longest, in milliseconds (its `/metrics`). */
export async function eventLoopDelay(port: number): Promise<{ p99: number; max: number }> {
  const http = new HttpConnection(port)
  const { body } = await http.ask('GET', '/metrics', '')
  http.close()
  const milliseconds = (name: string): number =>
    1000 * Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, 'm').exec(body)?.[1])
  return { p99: milliseconds('p99'), max: milliseconds('max') }
}
