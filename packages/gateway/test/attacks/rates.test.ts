import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connectChannels, http, Refused, SocketClient, socketUrl, tokenFor } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { EventStream } from '../support/event-stream.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { TestRoom } from '../support/test-room.ts'
import { handshake, RawClient } from '../support/transport-scene.ts'
import { times } from './support/scale.ts'
import { Victim } from './support/victim.ts'

const token = tokenFor('mallory')

describe('publishing', () => {
  it('over HTTP is rated for each caller in each channel, with a hint when to go on', async (t) => {
    const clock = new ManualClock(Date.now())
    const victim = await Victim.start(t, { rooms: { messagesPerSecond: 1, messageBurst: 5 } }, clock)
    const emit = (channel: string, bearer?: string) =>
      http(victim.gateway, 'POST', `/${channel}/emit`, { json: 1, ...(bearer && { bearer }) })
    for (let i = 0; i < 5; i++) assert.equal((await emit('flooded')).status, 200)
    const refused = await emit('flooded')
    assert.deepEqual([refused.status, refused.body.code], [429, 'RATE_LIMITED'])
    assert.equal(refused.headers.get('retry-after'), '1')
    assert.equal((await http(victim.gateway, 'GET', '/flooded/emit?a=1')).status, 429)
    assert.equal((await emit('other')).status, 200, 'another channel')
    assert.equal((await emit('flooded', token)).status, 200, 'another caller')
    clock.advance(1000)
    assert.equal((await emit('flooded')).status, 200, 'after the time that was said')
  })

  it('is rated with all else that goes into the log: changes of a participant and a room, kicks, and leaving', async (t) => {
    const rooms = { messagesPerSecond: 1, messageBurst: 5 }
    const clock = new ManualClock(Date.now())
    const victim = await Victim.start(t, { rooms }, clock)
    const room = await TestRoom.make(victim.gateway)
    const ada = await room.join('Ada')
    const self = `/participants/${ada.userId}`
    const recolour = (i: number) => room.ask(ada, 'PATCH', self, { json: { color: `#00000${i}` } })
    for (let i = 1; i <= 5; i++) assert.equal((await recolour(i)).status, 200)
    for (let i = 6; i <= 9; i++) {
      const { status, headers, body } = await recolour(i)
      assert.deepEqual([status, headers.get('retry-after'), body.error.code], [429, '1', 'rate_limited'])
    }
    assert.equal((await room.ask(ada, 'POST', '/messages', { json: { content: 'x' } })).status, 429)

    const rename = (i: number) => room.ask(room.admin, 'PATCH', '', { json: { name: `${i} club` } })
    for (let i = 1; i <= 5; i++) assert.equal((await rename(i)).status, 200)
    assert.equal((await rename(6)).status, 429)
    assert.equal((await room.ask(room.admin, 'DELETE', self)).status, 429)
    clock.advance(1000)
    assert.equal((await room.ask(room.admin, 'DELETE', self)).status, 204, 'after the time that was said')

    const eve = await MessengerClient.open(victim.gateway, 'eve')
    await http(victim.gateway, 'POST', '/agora/emit', { json: 1 })
    for (let i = 1; i <= 6; i++) {
      await eve.get('invite', { chatId: 'agora', userId: 'eve' })
      assert.equal(await eve.refused('leave', { chatId: 'agora' }), i <= 5 ? undefined : 'rate_limited')
    }
    await eve.socket.close()
  })

  it('is rated for each connection in each room, whatever the protocol', async (t) => {
    const limits = { framesPerSecond: 1e6, frameBurst: 1e6 }
    const rooms = { messagesPerSecond: 1, messageBurst: 5 }
    const victim = await Victim.start(t, { limits, rooms }, new ManualClock(Date.now()))
    const comms = await CommsClient.join(victim.gateway, 'mallory')
    for (let i = 0; i < 6; i++) comms.socket.send({ f: 130, t: 'MESSAGE_CREATE', cnf: { content: `${i}` } })
    for (let i = 0; i < 5; i++) await comms.event('MESSAGE_CREATE')
    const { c, retry_after } = (await comms.next()).cnf
    assert.deepEqual([c, retry_after], [4002, 1000])
    const other = await CommsClient.join(victim.gateway, 'ann')
    other.socket.send({ f: 130, t: 'MESSAGE_CREATE', cnf: { content: 'still' } })
    await other.event('MESSAGE_CREATE')
  })

  it('and making rooms is bounded for each user, whatever the protocol, with a hint when to go on', async (t) => {
    const rooms = { joinsPerSecond: 1, joinBurst: 3 }
    const victim = await Victim.start(t, { rooms }, new ManualClock(Date.now()))
    const comms = await CommsClient.join(victim.gateway, 'mallory')
    for (let i = 0; i < 4; i++) comms.execute('CHANNEL_ADD', { name: `made-${i}` })
    const refused = await comms.socket.until((frame: { f: number }) => frame.f === 150)
    assert.match(JSON.stringify(refused), /"c":4002,.*"retry_after":1000/)

    const messenger = await MessengerClient.open(victim.gateway, 'ann')
    for (let i = 0; i < 3; i++) await messenger.ask('createGroup', { groupName: `${i}`, members: ['bob'] })
    const { error } = await messenger.ask('createGroup', { groupName: 'one more', members: ['bob'] })
    assert.deepEqual([error?.code, error?.retryAfter], ['rate_limited', 1])
    await messenger.socket.close()

    const writer = await MessengerClient.open(victim.gateway, 'eve')
    for (let i = 0; i < 3; i++) await writer.get('new', { chatId: `somebody-${i}`, message: 'hi' })
    assert.equal(await writer.refused('new', { chatId: 'somebody else', message: 'hi' }), 'rate_limited')
    await writer.get('new', { chatId: 'somebody-0', message: 'hi again' })
    await writer.socket.close()
  })

  it('does not make rooms without bound', async (t) => {
    const rooms = { joinsPerSecond: 1, joinBurst: 20 }
    const victim = await Victim.start(t, { rooms }, new ManualClock(Date.now()))
    const statuses: number[] = []
    for (let i = 0; i < 100; i++)
      statuses.push((await http(victim.gateway, 'POST', `/made-${i}/emit`, { json: i })).status)
    assert.equal(statuses.filter((status) => status === 200).length, 20)
    assert.equal(statuses.filter((status) => status === 429).length, 80)
    const made = await http(victim.gateway, 'POST', '/api/rooms', { json: {} })
    assert.deepEqual([made.status, made.headers.get('retry-after')], [429, '1'], 'also through the REST API')
  })

  it('does not make rooms without bound by listening, over WebSockets and event streams', async (t) => {
    const rooms = { joinsPerSecond: 1, joinBurst: 20 }
    const clock = new ManualClock(Date.now())
    const victim = await Victim.start(t, { rooms }, clock)
    const over = {
      async websocket(channel: string) {
        const client = await connectChannels(victim.gateway, channel)
        const frame = await client.next<ListenerFrame>()
        if (frame.type === 'ERROR') assert.equal((await client.closed).code, 4429)
        else await client.close()
        return frame
      },
      async stream(channel: string) {
        const stream = await EventStream.open(`${victim.gateway.url}/${channel}/listen`)
        const { data = '' } = await stream.next()
        await stream.close()
        return JSON.parse(data) as ListenerFrame
      },
    }
    for (const [way, listen] of Object.entries(over)) {
      for (let i = 0; i < 20; i++) assert.equal((await listen(`${way}-${i}`)).type, 'CONNECTED')
      const { payload } = await listen(`${way}-20`)
      assert.deepEqual([payload.code, payload.retryAfter], ['RATE_LIMITED', 1])
      assert.equal(await isRoom(victim, `${way}-19`), true)
      assert.equal(await isRoom(victim, `${way}-20`), false)
      assert.equal((await listen(`${way}-0`)).type, 'CONNECTED', 'one that is there')
      clock.advance(20_000)
    }
  })

  it('makes a room that a crowd enters at once for one of them', async (t) => {
    const rooms = { joinsPerSecond: 1, joinBurst: 1 }
    const victim = await Victim.start(t, { rooms }, new ManualClock(Date.now()))
    const crowd = await Promise.all(Array.from({ length: 20 }, () => connectChannels(victim.gateway, 'new')))
    for (const client of crowd) assert.equal((await client.next<ListenerFrame>()).type, 'CONNECTED')
    await Promise.all(crowd.map((client) => client.close()))
  })

  it('lets those who have made too many rooms into the default channel of comms, though it has to be made', async (t) => {
    const rooms = { joinsPerSecond: 1, joinBurst: 1 }
    const victim = await Victim.start(t, { rooms }, new ManualClock(Date.now()))
    const emit = (room: string) => http(victim.gateway, 'POST', `/${room}/emit`, { json: 1, bearer: token })
    assert.deepEqual([(await emit('one')).status, (await emit('two')).status], [200, 429])
    await (await CommsClient.join(victim.gateway, 'mallory')).socket.close()
  })

  it('makes no room for an event stream that is refused at the door', async (t) => {
    const config = { mode: 'production' as const, limits: { connectionsPerAddress: 1, newPerAddress: 1000 } }
    const victim = await Victim.start(t, config)
    const open = await EventStream.open(`${victim.gateway.url}/open/listen`)
    assert.equal((await open.next()).event, 'CONNECTED')
    const headers = { accept: 'text/event-stream' }
    for (let i = 0; i < 5; i++)
      assert.equal((await http(victim.gateway, 'GET', `/refused-${i}/listen`, { headers })).status, 429)
    for (let i = 0; i < 5; i++) assert.equal(await isRoom(victim, `refused-${i}`), false)
    await open.close()
  })
})

interface ListenerFrame {
  readonly type: string
  readonly payload: { readonly code?: string; readonly retryAfter?: number }
}

async function isRoom({ gateway }: Victim, id: string): Promise<boolean> {
  return (await http(gateway, 'GET', `/api/rooms/${id}`)).status === 200
}

describe('connections', () => {
  it('of one address are so many, in production mode, over WebSockets and event streams together', async (t) => {
    const config = { mode: 'production' as const, limits: { connectionsPerAddress: 4, newPerAddress: 1000 } }
    const victim = await Victim.start(t, config)
    const open = [await connectChannels(victim.gateway, 'a'), await connectChannels(victim.gateway, 'b')]
    const comms = await CommsClient.open(victim.gateway)
    const stream = await RawClient.open(victim.port)
    stream.write('GET /a/listen HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n')
    assert.match(await stream.head(), /^HTTP\/1\.1 200 /)
    const refused = await SocketClient.open(socketUrl(victim.gateway, '/comms')).catch(
      (error: unknown) => error,
    )
    assert.ok(refused instanceof Refused)
    assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '5'])
    const stream2 = await http(victim.gateway, 'GET', '/a/listen', {
      headers: { accept: 'text/event-stream' },
    })
    assert.deepEqual([stream2.status, stream2.body.code], [429, 'RATE_LIMITED'])
    await open[0]!.close()
    await (await connectChannels(victim.gateway, 'c')).close()
    await open[1]!.close()
    await comms.socket.close()
    stream.destroy()
  })

  it('come so often from one address, and so often from all together (503, Retry-After)', async (t) => {
    const counts = async (limits: object) => {
      const victim = await Victim.start(t, { mode: 'production', limits }, new ManualClock(Date.now()))
      const statuses: string[] = []
      for (let i = 0; i < 20; i++) {
        const client = await RawClient.open(victim.port)
        client.write(handshake('/comms'))
        const head = await client.head()
        statuses.push(head.slice(9, 12))
        if (!head.includes(' 101 ')) assert.match(head, /\r\nRetry-After: 1\r\n/)
        client.destroy()
      }
      return statuses
    }
    const [in5, refused] = [Array(5).fill('101'), (status: string) => Array(15).fill(status)]
    assert.deepEqual(await counts({ newPerAddress: 5 }), [...in5, ...refused('429')])
    assert.deepEqual(await counts({ newPerAddress: 1000, newConnections: 5 }), [...in5, ...refused('503')])
  })

  it('that say nothing do not take the place of others, and those beyond the limit are refused at once', {
    skip: process.platform !== 'linux' && 'only Linux has a second address of its own at once',
  }, async (t) => {
    const config = { mode: 'production' as const, channels: { openPatterns: ['*'] } }
    const limits = { connectionsPerAddress: 10, socketsPerAddress: 20, sockets: 40 }
    const victim = await Victim.start(t, { ...config, limits })
    await victim.withstands(
      async () => {
        const silent = await Promise.all(
          Array.from({ length: 200 }, () => RawClient.open(victim.port, '127.0.0.2')),
        )
        const answers: string[] = []
        await new Promise<void>((resolve) => {
          for (const client of silent) {
            void client.rest().then((answer) => {
              if (answers.push(answer.toString()) === 170) resolve()
            })
          }
        })
        for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 429 /)
        assert.equal((await http(victim.gateway, 'GET', '/healthz')).status, 200)
        for (const client of silent) client.destroy()
      },
      { handshakes: () => 170 },
    )
    const { text } = await http(victim.gateway, 'GET', '/metrics')
    assert.match(text, /^parlance_sockets_refused_total\{code="rate_limited"\} 170$/m)
  })

  it('by the thousand, each gone at once, leave nothing behind', async (t) => {
    const victim = await Victim.start(t)
    await http(victim.gateway, 'POST', '/lobby/emit', { json: 1 })
    const paths = ['/comms', '/lobby/listen', `/gateway?roomId=lobby&participantId=${token}`, '/ws/v1']
    await victim.forgets(async () => {
      for (let i = 0; i < times(400, 20_000); i++) {
        const client = await RawClient.open(victim.port)
        client.write(handshake(paths[i % paths.length]!))
        await client.head()
        client.destroy()
      }
    })
  })
})

describe('who never says who it is', () => {
  it('is sent away in time', async (t) => {
    const config = { comms: { identifyTimeout: 200 }, services: { identifyTimeout: 200 }, servicesSecret }
    const victim = await Victim.start(t, config)
    const attack = async () => {
      const comms = await SocketClient.open(socketUrl(victim.gateway, '/comms'))
      assert.equal((await comms.closed).code, 4001)
      const services = await SocketClient.open(socketUrl(victim.gateway, '/ws/v1'))
      assert.equal((await services.closed).code, 4000)
    }
    await victim.withstands(attack, { lines: () => 2 })
  })
})
