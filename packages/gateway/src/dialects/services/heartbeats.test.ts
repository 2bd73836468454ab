import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { ServiceGateway } from '../../../test/support/service-gateway.ts'
import { Pulse } from './pulse.ts'

let gateway: ServiceGateway
before(async () => {
  gateway = await ServiceGateway.start()
})
after(() => gateway.dispose())

describe('a heartbeat', () => {
  it('is acknowledged at once, without data', async () => {
    const { client } = await gateway.service('panel')
    client.send('{"op":1,"d":{"heapUsed":102292113}}')
    await client.expect('{"op":4,"d":{}}')
  })

  const wrong: [string, object, string][] = [
    ['panel', {}, 'd.heapUsed must be a number.'],
    ['panel', { heapUsed: '5' }, 'd.heapUsed must be a number.'],
    ['panel', { heapUsed: null }, 'd.heapUsed must be a number.'],
    ['sharder', { heapUsed: 5 }, 'd.guilds must be a number.'],
    ['sharder', { heapUsed: 5, guilds: '3000' }, 'd.guilds must be a number.'],
    ['sharder', { guilds: 5 }, 'd.heapUsed must be a number.'],
    ['commands', { heapUsed: 5, busy: -1 }, 'd.busy must be a number that is not negative.'],
    ['commands', { heapUsed: 5, busy: 'very' }, 'd.busy must be a number that is not negative.'],
    ['panel', { heapUsed: 5, text: 'x'.repeat(3000) }, 'd must not be longer than 2048 characters.'],
  ]
  for (const [type, d, reason] of wrong) {
    it(`of ${type} with ${JSON.stringify(d).slice(0, 40)} is closed with 4005`, async () => {
      const { client } = await gateway.service(type)
      client.send({ op: 1, d })
      assert.deepEqual(await client.closed, { code: 4005, reason })
    })
  }

  it('is shown, the last one of each service, with what the gateway knows itself', async () => {
    const other = await ServiceGateway.start({ shards: 2 })
    const before = Date.now()
    const { client: sharder } = await other.service('sharder')
    const { client: worker } = await other.service('commands')
    const first = (await other.get('/v1/services')).body
    assert.deepEqual(
      first.map(({ startTime: _, ...rest }: { startTime: number }) => rest),
      [
        { type: 'sharder', shards: [0, 1], heapUsed: null, guilds: null },
        { type: 'commands', heapUsed: null },
      ],
    )
    for (const { startTime } of first) assert.ok(startTime >= before && startTime <= Date.now())
    sharder.send({ op: 1, d: { heapUsed: 1, guilds: 2 } })
    sharder.send({ op: 1, d: { heapUsed: 102292113, guilds: 3000, shards: 'mine', type: 'x', deep: {} } })
    await sharder.nextText()
    await sharder.nextText()
    worker.send('{"op":1,"d":{"heapUsed":7,"busy":1,"__proto__":{"a":1},"version":"1.2"}}')
    await worker.nextText()
    assert.deepEqual(
      (await other.get('/v1/services')).body.map(({ startTime: _, ...rest }: { startTime: number }) => rest),
      [
        { type: 'sharder', shards: [0, 1], heapUsed: 102292113, guilds: 3000 },
        { type: 'commands', heapUsed: 7, busy: 1, version: '1.2' },
      ],
    )
    await worker.close()
    await other.untilConnected(1)
    await other.dispose()
  })
})

describe('silence', () => {
  it('is asked about after an interval, and closed with 4007 after two', async () => {
    const clock = new ManualClock()
    const other = await ServiceGateway.start({}, { clock })
    const { client } = await other.service('panel')
    clock.advance(30_000)
    await client.settled()
    clock.advance(33_500)
    await client.expect('{"op":1,"d":{}}')
    client.send({ op: 1, d: { heapUsed: 1 } })
    await client.expect('{"op":4,"d":{}}')
    clock.advance(33_500)
    await client.expect('{"op":1,"d":{}}')
    clock.advance(27_000)
    assert.deepEqual(await client.closed, {
      code: 4007,
      reason: 'No heartbeat (1) came in twice the interval.',
    })
    await other.dispose()
  })

  it('of one who has not identified is closed with 4000, heartbeats or not', async () => {
    const clock = new ManualClock()
    const other = await ServiceGateway.start({}, { clock })
    const client = await other.connect()
    client.send({ op: 1, d: { heapUsed: 1 } })
    await client.expect('{"op":4,"d":{}}')
    clock.advance(10_100)
    assert.deepEqual(await client.closed, {
      code: 4000,
      reason: 'Identify (0) within 10 s of connecting.',
    })
    await other.dispose()
  })

  it('is judged by the clock: asked once per silence, fine after a beat, dead at twice the interval', () => {
    const pulse = new Pulse(1000, 0)
    assert.equal(pulse.next(0), 1100)
    assert.equal(pulse.judge(1099), 'fine')
    assert.equal(pulse.judge(1100), 'ask')
    assert.equal(pulse.judge(1100), 'fine')
    assert.equal(pulse.next(1100), 900)
    pulse.beat(1500)
    assert.equal(pulse.judge(2599), 'fine')
    assert.equal(pulse.judge(2600), 'ask')
    assert.equal(pulse.judge(3499), 'fine')
    assert.equal(pulse.judge(3500), 'dead')
  })
})
