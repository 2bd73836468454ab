import { systemClock } from '../../src/app/clock.ts'
import { systemRandom } from '../../src/app/random.ts'
import type { Dialect } from '../../src/ports/dialect.ts'
import { defaultLimits } from '../../src/transport/limits.ts'
import { createTransport } from '../../src/transport/transport.ts'

/**
 * An echo over the gateway's own transport, for checkers from outside such as the Autobahn test suite. It is a program of the tests:
 * no gateway has this door, in whatever mode.
 *
 *     node packages/gateway/test/attacks/echo-server.ts 9001
 */

// It sends back whatever anyone sends, however large: not where there is anything to protect.
if (process.env.PARLANCE_MODE === 'production') throw new Error('there is no echo in production mode')

const dialect: Dialect = {
  name: 'echo',
  doors: [],
  routes: [],
  upgrade: () =>
    Promise.resolve({
      maxMessage: 64 * 1024 * 1024,
      frames: { perSecond: 1e6, burst: 1e6 },
      open: (connection) => ({
        receive: (data, binary) => connection.send(binary ? data : data.toString()),
        wake() {},
        refuse: ({ code }, fatal) => (fatal ? connection.close(4000, code) : undefined),
        closed() {},
      }),
    }),
}

const transport = createTransport({
  clock: systemClock,
  random: systemRandom,
  log: { info() {}, warn() {}, error: (fields, sentence) => console.error(sentence, fields) },
  metrics: { count() {}, gauge() {} },
  allowedOrigins: [],
  trustedHops: 0,
  mode: 'development',
  limits: {
    ...defaultLimits,
    fragments: 1e6,
    readsPerFrame: 1e6,
    hardBacklog: 2 ** 30,
    totalBacklog: 2 ** 30,
  },
})
const openApi = { title: 'Echo', version: '1', description: 'For checkers.' }
const doors = { dialects: [dialect], routes: [], openApi }
const { port } = await transport.listen(doors, '127.0.0.1', Number(process.argv[2] ?? 9001))
console.log(`an echo listens on ws://127.0.0.1:${port}`)
