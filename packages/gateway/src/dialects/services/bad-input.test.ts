import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { dialectLimits } from '../../../test/support/dialect-limits.ts'
import { FakeConnection } from '../../../test/support/fake-outbound.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import type { Entity } from '../../model/entity.ts'
import { Problem } from '../../model/problem.ts'
import type { ServiceEvent } from '../../model/service-event.ts'
import type { EntityStore } from '../../ports/entities.ts'
import type { Services } from '../../ports/services.ts'
import { Compression } from './compression.ts'
import { decode, isClosing } from './decode.ts'
import { defaultServicesOptions } from './options.ts'
import { ServicesSession } from './session.ts'

const secret = 'secret'

/** A bus and a store that take everything and remember nothing. */
const services: Services = {
  join({ identified }) {
    identified({ session: 's', shards: null, resumed: null, lost: 0 })
    return { beat() {}, send() {}, leave() {} }
  },
  list: () => [],
}

function session(put: (entities: readonly Entity[]) => void = () => {}) {
  const connection = new FakeConnection('c')
  const errors: unknown[] = []
  const handler = new ServicesSession(connection, {
    services,
    entities: { put: async (entities: readonly Entity[]) => put(entities) } as unknown as EntityStore,
    options: { ...defaultServicesOptions, secret },
    compression: new Compression(4),
    messageOf: ({ data }: ServiceEvent) => ({ text: data }),
    clock: new ManualClock(),
    random: { id: () => 'id', integer: () => 0 },
    log: { info() {}, warn() {}, error: (fields) => errors.push(fields) },
    limits: dialectLimits,
  })
  return { connection, handler, errors }
}

const identify = JSON.stringify({ op: 0, d: { type: 'sharder', compress: false, secret } })

const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, [], {}, 2 ** 53, -1, 1e308, 0.5, '__proto__', '\ud800', 'x'.repeat(2000)),
  fc.constantFrom('sharder', 'member', 'guild', 'EXECUTE_COMMAND', secret, '1', true),
)
const names = fc.constantFrom(
  ...['type', 'compress', 'secret', 'session', 'heapUsed', 'guilds', 'id', 'guildID', 'userID', 'channelID'],
  ...[
    'user',
    'roles',
    'members',
    'channels',
    'voiceStates',
    'overwrites',
    'raw',
    'ids',
    '__proto__',
    'constructor',
  ],
)
const data = fc.oneof(odd, fc.dictionary(names, odd), fc.array(fc.dictionary(names, odd), { maxLength: 3 }))
const op = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -1, max: 7 }) }, { weight: 1, arbitrary: odd })
const frame = fc.record({ op, d: data, t: odd }, { requiredKeys: [] }).map((value) => JSON.stringify(value))
const mangled = fc.tuple(frame, fc.nat(200), fc.string({ maxLength: 3 })).map(([text, at, more]) => {
  const cut = at % (text.length + 1)
  return text.slice(0, cut) + more + text.slice(cut + 1)
})
const deep = fc
  .tuple(
    fc.constantFrom('[', '{"a":', '{"op":5,"d":[', '{"op":2,"t":"EXECUTE_COMMAND","d":{"a":['),
    fc.nat(20_000),
  )
  .map(([open, depth]) => open.repeat(depth))
const doubled = frame.map((text) => text.replace('{', '{"op":5,"op":1,"d":5,"d":{"heapUsed":1},'))
const text = fc.oneof(
  { weight: 4, arbitrary: frame },
  { weight: 3, arbitrary: mangled },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: doubled },
)

describe('the codec', () => {
  it('reads whatever comes, and answers a frame or a close code with a reason', () => {
    fc.assert(
      fc.property(fc.oneof(text, text, text, deep), fc.boolean(), (text, identified) => {
        const decoded = decode(text, identified, 32)
        if (!isClosing(decoded)) assert.ok([0, 1, 2, 5].includes(decoded.op))
        else assert.ok(decoded.code >= 4000 && decoded.code <= 4005 && decoded.reason.length > 5)
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('a session', () => {
  it('lives through whatever is sent, or is closed with a code of the protocol and a reason', async () => {
    const piece = fc.record({ text, form: fc.constantFrom('text', 'text', 'text', 'deflated', 'raw') })
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(piece, { minLength: 1, maxLength: 3 }),
        async (known, pieces) => {
          const { connection, handler, errors } = session()
          if (known) handler.receive(Buffer.from(identify), false)
          for (const { text, form } of pieces) {
            const bytes = Buffer.from(text)
            handler.receive(form === 'deflated' ? deflateSync(bytes) : bytes, form !== 'text')
          }
          handler.receive(deflateSync('"the last of them"'), true)
          while (connection.open) await new Promise((resolve) => setImmediate(resolve))
          handler.closed()
          const { code, reason } = connection.closedWith!
          assert.ok(code >= 4000 && code <= 4007, `${code} ${reason}`)
          assert.ok(reason.length > 5)
          assert.deepEqual(errors, [])
        },
      ),
      { numRuns: 10_000 },
    )
  })

  it('closes what is deeply nested', () => {
    for (const open of ['[', '{"a":']) {
      const { connection, handler } = session()
      handler.receive(Buffer.from(identify), false)
      const nested =
        open === '['
          ? '['.repeat(100_000) + ']'.repeat(100_000)
          : `${open.repeat(100_000)}1${'}'.repeat(100_000)}`
      handler.receive(Buffer.from(`{"op":1,"d":{"heapUsed":1,"guilds":1,"deep":${nested}}}`), false)
      assert.deepEqual(connection.closedWith, {
        code: 4004,
        reason: 'The message is nested deeper than 32 levels.',
      })
    }
  })

  it('is closed with 1013 when the store cannot keep something, and with 1011 for a mistake of ours, which is logged', async () => {
    const cases: [Error, number, number][] = [
      [new Problem('store_failed'), 1013, 0],
      [new TypeError('ours'), 1011, 1],
    ]
    for (const [error, code, logged] of cases) {
      const { connection, handler, errors } = session(() => {
        throw error
      })
      handler.receive(Buffer.from(identify), false)
      handler.receive(Buffer.from('{"op":5,"d":{"type":"user","id":"1"}}'), false)
      while (connection.open) await new Promise((resolve) => setImmediate(resolve))
      assert.equal(connection.closedWith!.code, code)
      assert.equal(errors.length, logged)
    }
  })
})
