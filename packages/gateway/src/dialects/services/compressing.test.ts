import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { deflateRawSync, deflateSync, gzipSync, inflateSync } from 'node:zlib'
import { FakeConnection } from '../../../test/support/fake-outbound.ts'
import { ServiceGateway, servicesSecret } from '../../../test/support/service-gateway.ts'
import type { Problem } from '../../model/problem.ts'
import { Compression, type Message } from './compression.ts'
import { InFlight } from './in-flight.ts'
import { Outgoing } from './outgoing.ts'

const ids = { message: '1', author: '2', channel: '3', guild: '4', shard: 0 }

let gateway: ServiceGateway
before(async () => {
  gateway = await ServiceGateway.start({
    inflatedMax: 200_000,
    events: [{ name: 'NEWS', from: ['feeds'], to: 'all', delivery: 'all', data: {} }] as never,
  })
})
after(() => gateway.dispose())

describe('a service that asks for compression', () => {
  it('gets everything compressed from IDENTIFIED on, each message a stream of its own', async () => {
    const client = await gateway.connect()
    client.send({ op: 0, d: { type: 'commands', compress: true, secret: servicesSecret } })
    const identified = await client.next()
    assert.equal(identified.compressed, true)
    assert.match(identified.text, /^\{"op":2,"t":"IDENTIFIED","d":\{"session":"[\w-]{22}"\}\}$/)
    client.send('{"op":1,"d":{"heapUsed":1}}')
    assert.deepEqual(await client.next(), { text: '{"op":4,"d":{}}', compressed: true })
    const { client: sharder } = await gateway.service('sharder')
    const d = { raw: 'ünï'.repeat(1000), ids }
    sharder.send({ op: 2, t: 'EXECUTE_COMMAND', d })
    assert.deepEqual(await client.next(), {
      text: JSON.stringify({ op: 2, t: 'EXECUTE_COMMAND', d }),
      compressed: true,
    })
    await client.close()
  })

  it('gets nothing compressed before it has identified', async () => {
    const client = await gateway.connect()
    client.send('{"op":1,"d":{"heapUsed":1}}')
    assert.deepEqual(await client.next(), { text: '{"op":4,"d":{}}', compressed: false })
  })

  it('gets its messages in order, large and small ones mixed', async () => {
    const { client } = await gateway.service('panel', { compress: true })
    const { client: feeds } = await gateway.service('feeds')
    for (let n = 0; n < 200; n++)
      feeds.send({ op: 2, t: 'NEWS', d: { n, text: 'x'.repeat(n % 3 ? 5 : 50_000) } })
    for (let n = 0; n < 200; n++) assert.equal((await client.nextJson()).d.n, n)
    await client.close()
    await feeds.close()
  })
})

describe('a compressed message', () => {
  const beat = '{"op":1,"d":{"heapUsed":1}}'

  it('is taken from anyone, in turn with those that are not', async () => {
    const client = await gateway.connect()
    client.send(
      deflateSync(JSON.stringify({ op: 0, d: { type: 'panel', compress: false, secret: servicesSecret } })),
    )
    client.send(beat)
    client.send(deflateSync(beat))
    assert.match(await client.nextText(), /IDENTIFIED/)
    await client.expect('{"op":4,"d":{}}')
    await client.expect('{"op":4,"d":{}}')
  })

  const wrong: [string, Buffer][] = [
    ['is not compressed at all', Buffer.from(beat)],
    ['is empty', Buffer.alloc(0)],
    ['is gzip', gzipSync(beat)],
    ['is a raw stream', deflateRawSync(beat)],
    ['ends too early', deflateSync(beat).subarray(0, -5)],
    ['is not JSON inflated', deflateSync('{')],
    ['is not UTF-8 inflated', deflateSync(Buffer.from('{"op":1,"d":{"heapUsed":1,"a":"\xff"}}', 'latin1'))],
  ]
  for (const [what, bytes] of wrong) {
    it(`that ${what} is closed with 4004`, async () => {
      const { client } = await gateway.service('panel')
      client.send(bytes)
      assert.equal((await client.closed).code, 4004)
    })
  }

  it('that inflates beyond the limit is closed with 4005, and has not been inflated further', async () => {
    const { client } = await gateway.service('panel')
    client.send(deflateSync(`"${'0'.repeat(100_000_000)}"`))
    assert.deepEqual(await client.closed, {
      code: 4005,
      reason: 'A message may have at most 200000 bytes inflated.',
    })
    const stranger = await gateway.connect()
    stranger.send(deflateSync(`"${'0'.repeat(100_000)}"`))
    assert.deepEqual(await stranger.closed, {
      code: 4005,
      reason: 'A message may have at most 65536 bytes inflated.',
    })
  })
})

describe('a burst to 500 services that are compressed for', () => {
  it('reaches all of them, in order', async () => {
    const services = await Promise.all(
      Array.from({ length: 500 }, () => gateway.service('dashboard', { compress: true })),
    )
    const { client: feeds } = await gateway.service('feeds')
    for (let n = 0; n < 40; n++) feeds.send({ op: 2, t: 'NEWS', d: { n, text: 'x'.repeat(1000) } })
    await Promise.all(
      services.map(async ({ client }) => {
        for (let n = 0; n < 40; n++) assert.equal((await client.nextJson()).d.n, n)
      }),
    )
    for (const { client } of services) client.socket.terminate()
  })

  it('is compressed once for all of them, and a few messages at a time', async () => {
    const compression = new Compression(2)
    const connections = Array.from({ length: 500 }, (_, i) => new FakeConnection(`c${i}`))
    const outgoings = connections.map((connection) => {
      const outgoing = new Outgoing(connection, compression, 1e6, assert.fail)
      outgoing.compress()
      return outgoing
    })
    const messages: Message[] = Array.from({ length: 40 }, (_, n) => ({ text: `message ${n}` }))
    for (const message of messages) for (const outgoing of outgoings) outgoing.send(message)
    await Promise.all(messages.map((message) => compression.deflate(message)))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(compression.made, 40)
    for (const { sent } of connections) {
      assert.deepEqual(
        sent.map((bytes) => inflateSync(bytes as Buffer).toString()),
        messages.map(({ text }) => text),
      )
    }
    assert.equal(connections[0]?.sent[0], connections[499]?.sent[0])
  })
})

describe('what waits to be compressed', () => {
  it('is bounded: beyond it the service is closed', () => {
    const failures: Problem[] = []
    const connection = new FakeConnection('c')
    const outgoing = new Outgoing(connection, new Compression(1), 100, (problem) => failures.push(problem))
    outgoing.send({ text: 'plain'.repeat(100) })
    outgoing.compress()
    outgoing.send({ text: 'x'.repeat(60) })
    assert.deepEqual(failures, [])
    outgoing.send({ text: 'x'.repeat(60) })
    assert.deepEqual(
      failures.map(({ code }) => code),
      ['unavailable'],
    )
  })

  it('waits its turn: never more at a time than is set, whoever fails', async () => {
    const inFlight = new InFlight(3)
    let running = 0
    let most = 0
    const order: number[] = []
    const tasks = Array.from({ length: 50 }, (_, i) =>
      inFlight.run(async () => {
        running += 1
        most = Math.max(most, running)
        order.push(i)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        if (i % 7 === 0) throw new Error('failed')
      }),
    )
    await Promise.allSettled(tasks)
    assert.equal(most, 3)
    assert.deepEqual(
      order,
      Array.from({ length: 50 }, (_, i) => i),
    )
  })
})
