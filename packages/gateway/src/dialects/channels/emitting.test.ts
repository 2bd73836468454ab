import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type HttpAnswer,
  type HttpOptions,
  http,
  startTestGateway,
  type TestGateway,
  tokenFor,
} from '../../../test/harness.ts'
import { ChannelListener } from '../../../test/support/channel-listener.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

const listen = (channel: string, options = {}) => ChannelListener.connect(gateway, channel, options)
const emit = (path: string, options: HttpOptions) => http(gateway, 'POST', path, options)

function isRefusal({ status, body }: HttpAnswer, wanted: number, code: string): void {
  assert.deepEqual({ status, code: body.code }, { status: wanted, code })
  assert.deepEqual(body, { success: false, error: body.error, code })
}

describe('emitting', () => {
  it('a JSON body reaches every listener verbatim, and the reply says how many', async () => {
    const listeners = [await listen('all'), await listen('all')]
    await listeners[0]?.take('PRESENCE:JOINED')
    const reply = await emit('/all/emit', {
      body: ' {"hello": "world", "n": 1.0, "big": 9223372036854775808}\n',
    })
    assert.equal(reply.status, 200)
    assert.match(reply.body.eventID, /^evt_[A-Za-z0-9_-]{8,}$/)
    assert.deepEqual(reply.body, { success: true, eventID: reply.body.eventID, clients: 2 })
    for (const { client, id } of listeners) {
      assert.equal(
        await client.nextText(),
        `{"type":"DATA","payload":{"hello":"world","n":1.0,"big":9223372036854775808},"eventID":"${reply.body.eventID}","clientID":"${id}","latency":0}`,
      )
    }
  })

  it('query parameters reach them as an object of strings', async () => {
    const listener = await listen('get')
    const reply = await http(gateway, 'GET', '/get/emit?hello=world&tag=a&tag=b&token=&clients=1')
    assert.equal(reply.status, 401, 'an empty token is a token that is not good')
    const { status } = await http(
      gateway,
      'GET',
      `/get/emit?hello=world&tag=a&tag=b&token=${tokenFor('ann')}&clients=1`,
    )
    assert.equal(status, 200)
    assert.deepEqual((await listener.take('DATA')).payload, { hello: 'world', tag: ['a', 'b'] })
  })

  it('needs no listener', async () => {
    const { status, body } = await emit('/nobody/emit', { json: null })
    assert.equal(status, 200)
    assert.equal(body.clients, 0)
  })

  it('is refused without a payload, with one that is not JSON, and with one that is too large', async () => {
    isRefusal(await emit('/refusing/emit', {}), 400, 'INVALID_REQUEST')
    isRefusal(await emit('/refusing/emit?hello=world', {}), 400, 'INVALID_REQUEST')
    isRefusal(await http(gateway, 'GET', '/refusing/emit'), 400, 'INVALID_REQUEST')
    const broken = await emit('/refusing/emit', { body: '{"a":1,}' })
    isRefusal(broken, 400, 'INVALID_JSON')
    assert.match(broken.body.error, /at position 7/)
    isRefusal(await emit('/refusing/emit', { body: '['.repeat(10_000) }), 400, 'INVALID_JSON')
    isRefusal(await emit('/refusing/emit', { json: 'x'.repeat(65_536) }), 413, 'PAYLOAD_TOO_LARGE')
    assert.equal((await emit('/refusing/emit', { json: 'x'.repeat(65_534) })).status, 200)
  })

  it('is refused for a name that no channel may have', async () => {
    for (const name of 'gateway comms ws messenger api v1 admin healthz readyz metrics'.split(' ')) {
      isRefusal(await emit(`/${name}/emit`, { json: 1 }), 400, 'RESERVED_NAME')
    }
    isRefusal(await emit(`/${'x'.repeat(201)}/emit`, { json: 1 }), 400, 'INVALID_REQUEST')
    isRefusal(await emit('/a%00b/emit', { json: 1 }), 400, 'INVALID_REQUEST')
  })

  it('is refused with a credential that is not good, to strangers and to the banned', async () => {
    const room = await TestRoom.make(gateway)
    const guest = await room.join('guest')
    isRefusal(await emit('/refusing/emit', { json: 1, bearer: 'a.b.c' }), 401, 'TOKEN_INVALID')
    isRefusal(await emit('/refusing/emit', { json: 1, bearer: 'nobody' }), 401, 'UNKNOWN_PARTICIPANT')
    isRefusal(await emit(`/${room.id}/emit`, { json: 1 }), 403, 'NOT_A_MEMBER')
    assert.equal((await emit(`/${room.id}/emit`, { json: 1, bearer: guest.participantId })).status, 200)
    await room.changeParticipant(guest, { banned: true })
    isRefusal(await emit(`/${room.id}/emit`, { json: 1, bearer: guest.participantId }), 403, 'BANNED')
  })

  it('does not happen when only the head of a GET is asked for', async () => {
    const listener = await listen('head')
    assert.equal((await http(gateway, 'HEAD', '/head/emit?a=1')).status, 405)
    await emit('/head/emit', { json: 'next' })
    assert.equal((await listener.take('DATA')).payload, 'next')
  })
})

describe('a request of a web page of another site', () => {
  const from = (site: string, origin?: string): HttpOptions => ({
    headers: { 'sec-fetch-site': site, ...(origin !== undefined && { origin }) },
  })

  it('emits only when its origin is allowed', async () => {
    const open = await startTestGateway({ origins: ['https://app.example'] })
    try {
      const ask = (options: HttpOptions) => http(open, 'GET', '/lobby/emit?a=1', options)
      isRefusal(await ask(from('cross-site')), 403, 'ORIGIN_NOT_ALLOWED')
      isRefusal(await ask(from('cross-site', 'https://evil.example')), 403, 'ORIGIN_NOT_ALLOWED')
      isRefusal(await ask(from('cross-site', 'null')), 403, 'ORIGIN_NOT_ALLOWED')
      assert.equal((await ask(from('cross-site', 'https://app.example'))).status, 200)
      assert.equal((await ask(from('same-origin'))).status, 200)
      assert.equal((await ask(from('none'))).status, 200)
    } finally {
      await open.dispose()
    }
  })
})

describe('clients=', () => {
  it('picks so many different listeners at random', async () => {
    const listeners = await Promise.all([1, 2, 3].map(() => listen('random')))
    const { body } = await emit('/random/emit?clients=2', { json: 'some' })
    assert.equal(body.clients, 2)
    await emit('/random/emit', { json: 'all' })
    const heard = await Promise.all(
      listeners.map(async (listener) => {
        const first = await listener.until('DATA')
        return first.payload === 'some' ? 1 : 0
      }),
    )
    assert.equal(heard.filter((one) => one === 1).length, 2)
  })

  it('names the listeners, and tells those who are not there', async () => {
    const [first, second] = [await listen('named'), await listen('named')]
    await first.take('PRESENCE:JOINED')
    const { body } = await emit(`/named/emit?clients=${second.id},client_gone`, {
      json: { content: 'secret' },
    })
    assert.deepEqual(body, { success: true, eventID: body.eventID, clients: 1, unknown: ['client_gone'] })
    assert.deepEqual((await second.take('DATA')).payload, { content: 'secret' })
    await emit('/named/emit', { json: 'all' })
    assert.equal((await first.take('DATA')).payload, 'all')
    const { body: page } = await http(gateway, 'GET', '/named/history')
    assert.deepEqual(
      page.history.map(({ payload }: { payload: unknown }) => payload),
      ['all'],
    )
  })

  it('tells whoever may not enter nothing of who is there', async () => {
    const room = await TestRoom.make(gateway)
    const listener = await listen(room.id, { query: { participantId: room.admin.participantId } })
    for (const clients of ['999', listener.id, 'client_gone']) {
      const stranger = await emit(`/${room.id}/emit?clients=${clients}`, { json: 1, bearer: tokenFor('eve') })
      isRefusal(stranger, 403, 'NOT_A_MEMBER')
    }
    const member = { json: 'for you', bearer: room.admin.participantId }
    assert.equal((await emit(`/${room.id}/emit?clients=${listener.id}`, member)).status, 200)
    isRefusal(await emit('/nobody-yet/emit?clients=client_gone', { json: 1 }), 404, 'NO_LISTENER')
  })

  it('never falls back to everyone', async () => {
    const listener = await listen('strict')
    for (const clients of ['0', '-1', '2', '1.5', '']) {
      isRefusal(await emit(`/strict/emit?clients=${clients}`, { json: 1 }), 400, 'INVALID_REQUEST')
    }
    isRefusal(await emit('/strict/emit?clients=client_gone', { json: 1 }), 404, 'NO_LISTENER')
    await emit('/strict/emit', { json: 'all' })
    assert.equal((await listener.take('DATA')).payload, 'all')
  })

  it('reaches every connection of a user', async () => {
    const first = await listen('user', { bearer: tokenFor('ann') })
    const second = await listen('user', { bearer: tokenFor('ann') })
    const { body } = await emit(`/user/emit?clients=${first.id}`, { json: 1 })
    assert.equal(body.clients, 1)
    assert.equal((await first.take('DATA')).eventID, (await second.take('DATA')).eventID)
  })
})

describe('Idempotency-Key', () => {
  it('makes a repeated request emit nothing and get the first reply, also after a restart', async () => {
    const own = await startTestGateway()
    try {
      const ask = (key: string, json: unknown) =>
        http(own, 'POST', '/once/emit', { json, headers: { 'idempotency-key': key } })
      const replies = await Promise.all([ask('k', 1), ask('k', 1), ask('k', 1)])
      await own.restart()
      replies.push(await ask('k', 1))
      for (const { status, body } of replies) {
        assert.equal(status, 200)
        assert.deepEqual(body, replies[0]?.body)
      }
      assert.notEqual((await ask('other', 2)).body.eventID, replies[0]?.body.eventID)
      const { body } = await http(own, 'GET', '/once/history')
      assert.deepEqual(
        body.history.map(({ payload }: { payload: unknown }) => payload),
        [1, 2],
      )
    } finally {
      await own.dispose()
    }
  })

  it('is of emits alone: a message written over REST with the same key is another request, whichever comes first', async () => {
    const headers = { 'idempotency-key': 'one' }
    const bearer = tokenFor('ann')
    const write = (room: string) =>
      http(gateway, 'POST', `/api/rooms/${room}/messages`, { bearer, headers, json: { content: 'written' } })
    const send = (room: string) => emit(`/${room}/emit`, { bearer, headers, json: { temperature: 7 } })
    for (const [room, acts] of [
      ['first-sent', [send, write]],
      ['first-written', [write, send]],
    ] as const) {
      await emit(`/${room}/emit`, { json: 0 })
      for (const act of acts) assert.ok((await act(room)).status < 300)
      const { body } = await http(gateway, 'GET', `/${room}/history`)
      assert.equal(body.history.length, 3)
    }
  })

  it('is refused when it is too long', async () => {
    const headers = { 'idempotency-key': 'x'.repeat(201) }
    isRefusal(await emit('/once/emit', { json: 1, headers }), 400, 'INVALID_REQUEST')
  })
})

describe('emitting in production mode', () => {
  it('needs a token or a credential, except to open channels', async () => {
    const production = await startTestGateway({
      mode: 'production',
      drainSeconds: 0,
      channels: { openPatterns: ['open-*'] },
    })
    try {
      const ask = (path: string, options: HttpOptions) => http(production, 'POST', path, options)
      const refused = await ask('/lobby/emit', { json: 1 })
      isRefusal(refused, 401, 'UNAUTHORIZED')
      assert.equal(refused.headers.get('www-authenticate'), 'Bearer')
      isRefusal(await http(production, 'GET', '/lobby/emit?a=1'), 401, 'UNAUTHORIZED')
      assert.equal((await ask('/lobby/emit', { json: 1, bearer: tokenFor('ann') })).status, 200)
      assert.equal((await ask(`/lobby/emit?token=${tokenFor('ann')}`, { json: 1 })).status, 200)
      assert.equal((await ask('/open-house/emit', { json: 1 })).status, 200)
    } finally {
      await production.dispose()
    }
  })
})
