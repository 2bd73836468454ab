import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { ServiceGateway, servicesSecret } from '../../../test/support/service-gateway.ts'

async function withGateway(
  run: (gateway: ServiceGateway, clock: ManualClock) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock()
  const gateway = await ServiceGateway.start({ shards: 5, sharders: 2 }, { clock })
  try {
    await run(gateway, clock)
  } finally {
    await gateway.dispose()
  }
}

describe('shards', () => {
  it('are divided among the sharders expected; who comes on top waits with none', () =>
    withGateway(async (gateway) => {
      assert.deepEqual((await gateway.service('sharder')).identified.shards, [0, 1, 2])
      assert.deepEqual((await gateway.service('sharder')).identified.shards, [3, 4])
      assert.deepEqual((await gateway.service('sharder')).identified.shards, [])
    }))

  it('of a sharder that goes are handed to one that waits, by a new IDENTIFIED', () =>
    withGateway(async (gateway, clock) => {
      const { client: first } = await gateway.service('sharder')
      await gateway.service('sharder')
      const { client: waits, identified } = await gateway.service('sharder')
      await first.terminate()
      await gateway.untilConnected(2)
      clock.advance(4999)
      await waits.settled()
      clock.advance(1)
      await waits.expect(`{"op":2,"t":"IDENTIFIED","d":{"shards":[0,1,2],"session":"${identified.session}"}}`)
      const held = (await gateway.get('/v1/services')).body.map(({ shards }: { shards: number[] }) => shards)
      assert.deepEqual(held, [
        [3, 4],
        [0, 1, 2],
      ])
    }))

  it('are the same again for a session that comes back, compressed or not', () =>
    withGateway(async (gateway) => {
      await gateway.service('sharder')
      const { client, identified } = await gateway.service('sharder')
      await client.close()
      const { identified: back } = await gateway.service('sharder', {
        session: identified.session,
        compress: true,
      })
      assert.deepEqual(back, { shards: [3, 4], session: identified.session, resumed: true })
    }))

  it('are new ones for a session that is unknown', () =>
    withGateway(async (gateway) => {
      const { identified } = await gateway.service('sharder', { session: 'made up' })
      assert.equal(identified.resumed, false)
      assert.notEqual(identified.session, 'made up')
      assert.deepEqual(identified.shards, [0, 1, 2])
    }))

  it('are not to be had with a session alone', () =>
    withGateway(async (gateway) => {
      const { identified } = await gateway.service('sharder')
      const thief = await gateway.connect()
      thief.send({
        op: 0,
        d: { type: 'sharder', compress: false, secret: 'wrong', session: identified.session },
      })
      assert.equal((await thief.closed).code, 4001)
      const other = await gateway.service('panel', { session: identified.session })
      assert.equal(other.identified.resumed, false)
    }))

  it('have one owner when a session is taken over: the connection before is closed with 4002', () =>
    withGateway(async (gateway) => {
      const { client: before, identified } = await gateway.service('sharder')
      const after = await gateway.service('sharder', { session: identified.session })
      assert.deepEqual(await before.closed, {
        code: 4002,
        reason: 'Another connection has gone on with this session.',
      })
      assert.deepEqual(after.identified.shards, [0, 1, 2])
      assert.equal((await gateway.get('/v1/services')).body.length, 1)
    }))

  it('are never run twice, whoever races for a session', () =>
    withGateway(async (gateway) => {
      const { identified } = await gateway.service('sharder')
      const racers = await Promise.all(Array.from({ length: 20 }, () => gateway.connect()))
      const d = { type: 'sharder', compress: false, secret: servicesSecret, session: identified.session }
      const closings: number[] = []
      const { promise: decided, resolve } = Promise.withResolvers<void>()
      for (const racer of racers) {
        void racer.closed.then(({ code }) => closings.push(code) === racers.length - 1 && resolve())
        racer.send({ op: 0, d })
      }
      await decided
      assert.ok(closings.every((code) => code === 4002))
      const { body } = await gateway.get('/v1/services')
      assert.deepEqual(
        body.map(({ shards }: { shards: number[] }) => shards),
        [[0, 1, 2]],
      )
    }))
})
