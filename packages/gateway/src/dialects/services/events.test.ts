import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import type { ServiceClient } from '../../../test/support/service-client.ts'
import { ServiceGateway } from '../../../test/support/service-gateway.ts'

/** The seed's example, as one frame. */
const command =
  '{"op":2,"t":"EXECUTE_COMMAND","d":{"command":"ban","raw":"minemidnight#0001 spamming -t 5h","ids":{"message":"479455578708639755","author":"155112606661607425","channel":"254770965018443776","guild":"254768930223161344","shard":1}}}'

const types = ['feeds', 'dashboard', 'panel', 'sharder', 'commands']
const ids = { message: '1', author: '2', channel: '3', guild: '4', shard: 0 }

function numbered(raw: number): object {
  return { op: 2, t: 'EXECUTE_COMMAND', d: { raw: String(raw), ids } }
}

async function rawOf(client: ServiceClient): Promise<number> {
  return Number((await client.nextJson()).d.raw)
}

async function withGateway(
  run: (gateway: ServiceGateway) => Promise<void>,
  ...config: Parameters<typeof ServiceGateway.start>
): Promise<void> {
  const gateway = await ServiceGateway.start(...config)
  try {
    await run(gateway)
  } finally {
    await gateway.dispose()
  }
}

describe('EXECUTE_COMMAND', () => {
  it('goes from a sharder to a worker, byte for byte', () =>
    withGateway(async (gateway) => {
      const { client: worker } = await gateway.service('commands')
      const { client: sharder } = await gateway.service('sharder')
      sharder.send(command)
      await worker.expect(command)
    }))

  it('goes to one worker only, and by turns to those who are as busy', () =>
    withGateway(async (gateway) => {
      const workers = [await gateway.service('commands'), await gateway.service('commands')]
      const { client: sharder } = await gateway.service('sharder')
      for (let i = 0; i < 20; i++) sharder.send(numbered(i))
      await sharder.settled()
      const got: number[][] = []
      for (const { client } of workers) {
        const own: number[] = []
        for (let i = 0; i < 10; i++) own.push(await rawOf(client))
        await client.settled()
        got.push(own)
      }
      assert.deepEqual(
        got.flat().sort((a, b) => a - b),
        Array.from({ length: 20 }, (_, i) => i),
      )
    }))

  it('goes to the worker whose heartbeats say that it is less busy', () =>
    withGateway(async (gateway) => {
      const { client: lazy } = await gateway.service('commands')
      const { client: busy } = await gateway.service('commands')
      const { client: sharder } = await gateway.service('sharder')
      lazy.send({ op: 1, d: { heapUsed: 1, busy: 0 } })
      busy.send({ op: 1, d: { heapUsed: 1, busy: 10 } })
      await lazy.nextText()
      await busy.nextText()
      for (let i = 0; i < 5; i++) sharder.send(numbered(i))
      for (let i = 0; i < 5; i++) assert.equal(await rawOf(lazy), i)
      await busy.settled()
    }))

  const wrong: [string, unknown, string][] = [
    ['no raw', { ids }, 'd.raw is missing.'],
    ['no ids', { raw: '' }, 'd.ids is missing.'],
    ['a command that is no text', { command: 5, raw: '', ids }, 'd.command must be string.'],
    ['an array', [], 'd must be object.'],
    ['a shard that is a text', { raw: '', ids: { ...ids, shard: '0' } }, 'd.ids.shard must be integer.'],
    [
      'an id that is a number',
      { raw: '', ids: { ...ids, guild: 2 ** 60 } },
      'd.ids.guild is beyond 2^53: send it as a string.',
    ],
    ['no author', { raw: '', ids: { ...ids, author: undefined } }, 'd.ids.author is missing.'],
  ]
  for (const [what, d, reason] of wrong) {
    it(`with ${what} closes its sender with 4005 and the path`, () =>
      withGateway(async (gateway) => {
        const { client } = await gateway.service('sharder')
        client.send({ op: 2, t: 'EXECUTE_COMMAND', d })
        assert.deepEqual(await client.closed, { code: 4005, reason })
      }))
  }

  it('may leave its command out, and loses what the table does not name', () =>
    withGateway(async (gateway) => {
      const { client: worker } = await gateway.service('commands')
      const { client: sharder } = await gateway.service('sharder')
      sharder.send({ op: 2, t: 'EXECUTE_COMMAND', d: { more: 1, raw: 'x', ids: { ...ids, more: 1 } } })
      await worker.expect(
        '{"op":2,"t":"EXECUTE_COMMAND","d":{"raw":"x","ids":{"message":"1","author":"2","channel":"3","guild":"4","shard":0}}}',
      )
    }))

  it('reaches a worker after what the sharder had cached before it', () =>
    withGateway(async (gateway) => {
      const { client: worker } = await gateway.service('commands')
      const { client: sharder } = await gateway.service('sharder')
      for (let i = 0; i < 20; i++) {
        sharder.send({ op: 5, d: { type: 'user', id: '1', username: String(i) } })
        sharder.send(numbered(i))
        assert.equal(await rawOf(worker), i)
        assert.equal((await gateway.get('/v1/discord/users/1')).body.username, String(i))
      }
    }))
})

describe('an event without a taker', () => {
  it('waits in order for the first who comes', () =>
    withGateway(async (gateway) => {
      const { client: sharder } = await gateway.service('sharder')
      for (let i = 0; i < 100; i++) sharder.send(numbered(i))
      await sharder.settled()
      assert.equal(await gateway.metric('service_events_waiting'), 100)
      const { client: worker } = await gateway.service('commands', { compress: true })
      for (let i = 0; i < 100; i++) assert.equal(await rawOf(worker), i)
      assert.equal(await gateway.metric('service_events_waiting'), 0)
    }))

  it('is counted and logged when nobody came in time', async () => {
    const clock = new ManualClock()
    const lines: object[] = []
    const log = { info() {}, error() {}, warn: (fields: object) => 'event' in fields && lines.push(fields) }
    await withGateway(
      async (gateway) => {
        const { client: sharder } = await gateway.service('sharder')
        sharder.send(numbered(0))
        sharder.send(numbered(1))
        await sharder.settled()
        clock.advance(29_999)
        assert.equal(await gateway.metric('service_events_waiting'), 2)
        clock.advance(1001)
        assert.deepEqual(lines, [{ event: 'EXECUTE_COMMAND', count: 2 }])
        assert.equal(await gateway.metric('service_events_lost_total'), 2)
        const { client: late } = await gateway.service('commands')
        await late.settled()
      },
      {},
      { log, clock },
    )
  })

  it('gives way when there are more than wait: the oldest is lost', () =>
    withGateway(async (gateway) => {
      const { client: sharder } = await gateway.service('sharder')
      for (let i = 0; i < 1005; i++) sharder.send(numbered(i))
      await sharder.settled()
      assert.equal(await gateway.metric('service_events_lost_total'), 5)
      const { client: worker } = await gateway.service('commands')
      for (let i = 5; i < 1005; i++) assert.equal(await rawOf(worker), i)
    }))

  it('is for a session that comes back, too', () =>
    withGateway(async (gateway) => {
      const { client: sharder } = await gateway.service('sharder')
      const { client: worker, identified } = await gateway.service('commands')
      await worker.terminate()
      await gateway.untilConnected(1)
      sharder.send(numbered(7))
      await sharder.settled()
      const back = await gateway.service('commands', { session: identified.session })
      assert.deepEqual(back.identified, { session: identified.session, resumed: true })
      assert.equal(await rawOf(back.client), 7)
    }))
})

describe('the table of events', () => {
  const data = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } }
  const events = [
    { name: 'ALL_TO_PANEL', from: 'all', to: ['panel'], delivery: 'one', data },
    { name: 'FEEDS_TO_ALL', from: ['feeds'], to: 'all', delivery: 'all', data },
    { name: 'TWO_TO_TWO', from: ['panel', 'dashboard'], to: ['feeds', 'commands'], delivery: 'all', data },
  ] as const
  const builtIn = [
    { name: 'EXECUTE_COMMAND', from: ['sharder'], to: ['commands'] },
    { name: 'IDENTIFIED', from: 'none', to: 'all' },
  ] as const

  let gateway: ServiceGateway
  before(async () => {
    gateway = await ServiceGateway.start({ events: structuredClone(events) as never })
  })
  after(() => gateway.dispose())

  const covers = (which: string | readonly string[], type: string): boolean =>
    which === 'all' || (which !== 'none' && which.includes(type))

  for (const { name, from, to } of [...builtIn, ...events]) {
    for (const type of types) {
      const allowed = covers(from, type)
      it(`${name} from ${type} ${allowed ? 'reaches whom it is for and nobody else' : 'is closed with 4006'}`, async () => {
        const others = await Promise.all(types.map(async (one) => [one, await gateway.service(one)] as const))
        const { client: sender } = await gateway.service(type)
        const d = name === 'EXECUTE_COMMAND' ? { raw: '', ids } : { n: 1 }
        const frame = JSON.stringify({ op: 2, t: name, d })
        sender.send(frame)
        if (allowed) await sender.settled()
        else {
          const reason = `A service of the type "${type}" cannot send ${name}.`
          assert.deepEqual(await sender.closed, { code: 4006, reason })
        }
        for (const [one, { client }] of others) {
          if (allowed && covers(to, one)) await client.expect(frame)
          await client.settled()
        }
        await Promise.all([sender.close(), ...others.map(([, { client }]) => client.close())])
        await gateway.untilConnected(0)
      })
    }
  }

  it('closes with 4005 for a name it does not have, and for one that is no text', async () => {
    const cases = [
      ['NOTHING', 't: there is no event "NOTHING".'],
      ['constructor', 't: there is no event "constructor".'],
      [undefined, 't must be the name of an event.'],
      [5, 't must be the name of an event.'],
    ]
    for (const [t, reason] of cases) {
      const { client } = await gateway.service('panel')
      client.send({ op: 2, t, d: {} })
      assert.deepEqual(await client.closed, { code: 4005, reason })
    }
  })

  it('checks the data of events that were added, by their own schema', async () => {
    const { client } = await gateway.service('feeds')
    client.send({ op: 2, t: 'FEEDS_TO_ALL', d: { n: 'x' } })
    assert.deepEqual(await client.closed, { code: 4005, reason: 'd.n must be integer.' })
  })
})

describe('an event for all', () => {
  it('that a service missed comes when it comes back, in order; what was lost is counted', () =>
    withGateway(
      async (gateway) => {
        const say = (n: number) => ({ op: 2, t: 'NEWS', d: { n } })
        const { client: sender } = await gateway.service('feeds')
        const { client: goes, identified } = await gateway.service('panel')
        await goes.terminate()
        await gateway.untilConnected(1)
        for (let n = 0; n < 5; n++) sender.send(say(n))
        await sender.settled()
        const { client, identified: again } = await gateway.service('panel', { session: identified.session })
        assert.deepEqual(again, { session: identified.session, resumed: true, lost: 2 })
        for (let n = 2; n < 5; n++) await client.expect(JSON.stringify(say(n)))
        sender.send(say(5))
        await client.expect(JSON.stringify(say(5)))
      },
      {
        waitMost: 3,
        events: [{ name: 'NEWS', from: 'all', to: 'all', delivery: 'all', data: {} }] as never,
      },
    ))
})
