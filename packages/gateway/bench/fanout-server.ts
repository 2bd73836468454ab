/** The server of `fanout-transport.ts`: `ws` in a loop, or the transport with a shared or a stamped encoding. */
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Encoded } from '../src/ports/connection.ts'
import type { Dialect } from '../src/ports/dialect.ts'
import { defaultLimits } from '../src/transport/limits.ts'
import { createTransport, type Transport } from '../src/transport/transport.ts'

const [kind] = process.argv.slice(2)
const stamp = '"client_abcdefgh","latency":12'
const nothing = (): void => {}

process.send!(kind === 'ws' ? await plainServer() : await gatewayTransport())
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send!((user + system) / 1e6)
})
process.on('disconnect', () => process.exit())

async function plainServer(): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  server.on('connection', (ws) => {
    ws.on('message', (data) => {
      const text = String(data)
      for (const client of server.clients) client.send(text)
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return (server.address() as AddressInfo).port
}

async function gatewayTransport(): Promise<number> {
  const transport = createTransport({
    limits: { ...defaultLimits, framesPerSecond: 1e6, frameBurst: 1e6 },
    clock: {
      now: Date.now,
      monotonic: () => performance.now(),
      after(ms, call) {
        const timer = setTimeout(call, ms)
        return () => clearTimeout(timer)
      },
    },
    random: { id: (length) => 'x'.repeat(length), integer: () => 0 },
    log: { info: nothing, warn: console.warn, error: console.error },
    metrics: { count: nothing, gauge: nothing },
    allowedOrigins: [],
    trustedHops: 0,
    mode: 'development',
  })
  const doors = {
    dialects: [echo(transport)],
    routes: [],
    openApi: { title: '', version: '', description: '' },
  }
  return (await transport.listen(doors, '127.0.0.1', 0)).port
}

/** Gives everyone what anyone sends. */
function echo({ outbound }: Transport): Dialect {
  const audience = outbound.audience('websocket')
  return {
    name: 'echo',
    doors: [],
    routes: [],
    upgrade: () =>
      Promise.resolve({
        open(connection) {
          connection.stamp = stamp
          audience.add(connection)
          return {
            receive: (data) => audience.publish(encode(data)),
            wake: nothing,
            refuse: (problem) => console.warn(problem.message),
            closed: () => audience.remove(connection),
          }
        },
      }),
  }
}

function encode(data: Buffer): Encoded {
  if (kind === 'shared') return data.toString()
  const text = data.toString('latin1')
  return { head: text.slice(0, text.length - stamp.length - 1), tail: text.slice(-1) }
}
