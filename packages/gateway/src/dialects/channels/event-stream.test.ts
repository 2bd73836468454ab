import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { http, startTestGateway, type TestGateway, tokenFor } from '../../../test/harness.ts'
import { ChannelListener } from '../../../test/support/channel-listener.ts'
import { EventStream } from '../../../test/support/event-stream.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'

let gateway: TestGateway
const clock = new ManualClock(Date.now())
before(async () => {
  gateway = await startTestGateway({}, { clock })
})
after(() => gateway.dispose())

const open = (path: string, headers = {}) => EventStream.open(`${gateway.url}${path}`, headers)
const emit = (path: string, json: unknown) => http(gateway, 'POST', path, { json })

describe('server-sent events', () => {
  it('are the frames of the channel, each an event of its type', async () => {
    const stream = await open('/lobby/listen?presence={"a":1}')
    assert.equal(stream.response.statusCode, 200)
    assert.equal(stream.response.headers['content-type'], 'text/event-stream')
    const connected = await stream.next()
    assert.equal(connected.event, 'CONNECTED')
    const { payload, eventID, clientID, latency } = JSON.parse(connected.data ?? '')
    assert.deepEqual({ members: payload.members, latency }, { members: [], latency: 0 })
    assert.equal(connected.id, eventID)

    const socket = await ChannelListener.connect(gateway, 'lobby')
    assert.deepEqual(socket.greeting.payload.members, [{ clientID, presence: { a: 1 } }])
    const joined = await stream.next()
    assert.deepEqual([joined.event, joined.id], ['PRESENCE:JOINED', undefined])

    const { body } = await emit('/lobby/emit', { hello: 'world' })
    assert.equal(body.clients, 2)
    assert.equal(
      await stream.nextText(),
      `event: DATA\nid: ${body.eventID}\ndata: {"type":"DATA","payload":{"hello":"world"},"eventID":"${body.eventID}","clientID":"${clientID}","latency":0}`,
    )

    const { body: targeted } = await emit(`/lobby/emit?clients=${clientID}`, 'for you')
    assert.equal((await stream.next()).id, targeted.eventID)
    await stream.close()
    assert.equal((await socket.until('PRESENCE:LEFT')).payload.clientID, clientID)
  })

  it('go on after Last-Event-ID, whatever "since" says', async () => {
    const stream = await open('/resume/listen')
    const connected = await stream.next()
    await stream.close()
    const first = (await emit('/resume/emit', 1)).body.eventID
    await emit('/resume/emit', 2)

    const all = await open('/resume/listen', { 'last-event-id': connected.id ?? '' })
    assert.equal(JSON.parse((await all.next()).data ?? '').payload.recovered, true)
    assert.equal((await all.next()).id, first)
    await all.close()

    const rest = await open(`/resume/listen?since=${connected.id}`, { 'last-event-id': first })
    assert.equal(JSON.parse((await rest.next()).data ?? '').payload.recovered, true)
    assert.equal(JSON.parse((await rest.next()).data ?? '').payload, 2)
    await rest.close()

    const lost = await open('/resume/listen', { 'last-event-id': 'evt_gPVZZQC5' })
    assert.equal(JSON.parse((await lost.next()).data ?? '').payload.recovered, false)
    await lost.close()
  })

  it('go on after Last-Event-ID over a restart', async (t) => {
    const restarted = await startTestGateway()
    t.after(() => restarted.dispose())
    const listen = (headers = {}) => EventStream.open(`${restarted.url}/lobby/listen`, headers)
    const send = (json: unknown) => http(restarted, 'POST', '/lobby/emit', { json })
    const stream = await listen()
    await stream.next()
    await send('heard')
    const heard = await stream.next()
    await send('missed')
    await stream.next()
    await restarted.restart()
    await send('missed too')

    const again = await listen({ 'last-event-id': heard.id ?? '' })
    assert.equal(JSON.parse((await again.next()).data ?? '').payload.recovered, true)
    assert.equal(JSON.parse((await again.next()).data ?? '').payload, 'missed')
    assert.equal(JSON.parse((await again.next()).data ?? '').payload, 'missed too')
    await again.close()
  })

  it('have a comment every 25 seconds', async () => {
    const stream = await open('/beat/listen')
    await stream.next()
    for (let beat = 0; beat < 2; beat++) {
      clock.advance(25_000)
      assert.equal(await stream.nextText(), ': ')
    }
    await stream.close()
  })

  it('are refused with HTTP before they begin', async () => {
    const refusals: [string, Record<string, string>, number, string][] = [
      ['/gateway/listen', {}, 400, 'RESERVED_NAME'],
      ['/lobby/listen', { 'last-event-id': '7' }, 400, 'INVALID_POSITION'],
      ['/lobby/listen?presence=1', {}, 400, 'INVALID_REQUEST'],
      ['/lobby/listen', { authorization: 'Bearer a.b.c' }, 401, 'TOKEN_INVALID'],
      ['/lobby/listen', { accept: '*/*' }, 426, 'UPGRADE_REQUIRED'],
    ]
    for (const [path, headers, status, code] of refusals) {
      const reply = await http(gateway, 'GET', path, { headers: { accept: 'text/event-stream', ...headers } })
      assert.deepEqual({ status: reply.status, code: reply.body.code }, { status, code })
      assert.equal(reply.body.success, false)
    }
  })

  it('are not opened, and make no channel, when only their head is asked for', async () => {
    const channels = Array.from({ length: 20 }, (_, number) => `head-${number}`)
    for (const channel of channels) {
      const headers = { accept: 'text/event-stream' }
      const head = await http(gateway, 'HEAD', `/${channel}/listen`, { headers })
      assert.deepEqual([head.status, head.headers.get('content-type')], [200, 'text/event-stream'])
    }
    for (const channel of channels)
      assert.equal((await http(gateway, 'GET', `/api/rooms/${channel}`)).status, 404)
  })

  it('end with an ERROR that says why', async () => {
    const stream = await open('/expiring/listen', {
      authorization: `Bearer ${tokenFor('ann', { exp: Math.floor(clock.now() / 1000) + 10 })}`,
    })
    await stream.next()
    clock.advance(10_000)
    const last = await stream.next()
    assert.equal(last.event, 'ERROR')
    assert.equal(JSON.parse(last.data ?? '').payload.code, 'TOKEN_EXPIRED')
    assert.equal(await stream.nextText(), null)
  })
})
