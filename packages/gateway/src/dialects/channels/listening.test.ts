import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  connectChannels,
  http,
  Refused,
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

describe('a listener that connects', () => {
  it('is greeted with its own id, the others who are there and their presence', async () => {
    const presence = '{"username":"Cerulean","level":1.0}'
    const first = await listen('greeting', { query: { presence } })
    const second = await connectChannels(gateway, 'greeting')
    const text = await second.nextText()
    const { eventID, clientID, payload } = JSON.parse(text)
    assert.match(clientID, /^client_[A-Za-z0-9_-]{8,}$/)
    assert.match(eventID, /^evt_[A-Za-z0-9_-]{8,}$/)
    assert.notEqual(clientID, first.id)
    assert.equal(
      text,
      `{"type":"CONNECTED","payload":{"members":[{"clientID":"${first.id}","presence":${presence}}],"resumeToken":"${payload.resumeToken}"},"eventID":"${eventID}","clientID":"${clientID}","latency":0}`,
    )
    assert.deepEqual(first.greeting.payload.members, [])
  })

  it('is announced to the others, and announced again when it leaves', async () => {
    const first = await listen('announcing')
    const second = await listen('announcing', { query: { presence: '{"a":1}' } })
    const joined = await first.next()
    assert.deepEqual(joined, {
      type: 'PRESENCE:JOINED',
      payload: { clientID: second.id, presence: { a: 1 } },
      eventID: joined.eventID,
      clientID: first.id,
      latency: 0,
    })
    await second.client.close()
    const left = await first.next()
    assert.deepEqual(left, {
      type: 'PRESENCE:LEFT',
      payload: { clientID: second.id },
      eventID: left.eventID,
      clientID: first.id,
      latency: 0,
    })
    assert.notEqual(joined.eventID, left.eventID)
  })

  it('with a token has one id for all its connections, joins once and leaves once', async () => {
    const watcher = await listen('several')
    const first = await listen('several', { bearer: tokenFor('ann') })
    const second = await listen('several', { query: { token: tokenFor('ann') } })
    assert.equal(first.id, second.id)
    assert.deepEqual(second.greeting.payload.members, [{ clientID: watcher.id, presence: {} }])
    await first.client.close()
    await second.client.close()
    await listen('several')
    assert.equal((await watcher.take('PRESENCE:JOINED')).payload.clientID, first.id)
    assert.equal((await watcher.take('PRESENCE:LEFT')).payload.clientID, first.id)
    assert.notEqual((await watcher.take('PRESENCE:JOINED')).payload.clientID, first.id)
  })

  it('may be in a channel with a name of any language', async () => {
    const name = 'два/слова 👋'
    const listener = await listen(name)
    await http(gateway, 'POST', `/${encodeURIComponent(name)}/emit`, { json: 1 })
    assert.equal((await listener.take('DATA')).payload, 1)
  })
})

describe('presence data', () => {
  it('is replaced by PRESENCE and told to everyone, the sender included', async () => {
    const first = await listen('presence')
    const second = await listen('presence')
    await first.take('PRESENCE:JOINED')
    second.client.send('{"type":"PRESENCE","payload":{"username": "Cerulean"}}')
    const heard = await first.next()
    assert.deepEqual(heard, {
      type: 'PRESENCE:UPDATED',
      payload: { clientID: second.id, presence: { username: 'Cerulean' } },
      eventID: heard.eventID,
      clientID: first.id,
      latency: 0,
    })
    assert.deepEqual(await second.next(), { ...heard, clientID: second.id })
    const third = await listen('presence')
    assert.deepEqual(third.greeting.payload.members, [
      { clientID: first.id, presence: {} },
      { clientID: second.id, presence: { username: 'Cerulean' } },
    ])
  })

  it('is obeyed also when it was sent before CONNECTED came', async () => {
    const client = await connectChannels(gateway, 'early')
    client.send({ type: 'presence', payload: { early: true } })
    client.send('nonsense')
    const types = []
    for (let i = 0; i < 3; i++) types.push((await client.next<{ type: string }>()).type)
    assert.deepEqual(types, ['CONNECTED', 'PRESENCE:UPDATED', 'ERROR'])
  })
})

describe('bad input', () => {
  const wrong: [string, string | Buffer, string, RegExp][] = [
    ['a trailing comma', '{"type":"PONG",}', 'INVALID_JSON', /position 15/],
    ['an array', '[]', 'INVALID_MESSAGE', /object/],
    ['an ACK of nothing', '{"type":"ACK"}', 'INVALID_MESSAGE', /eventID/],
    ['presence that is no object', '{"type":"PRESENCE","payload":[1]}', 'INVALID_MESSAGE', /object/],
    ['a type of the server', '{"type":"DATA","payload":1}', 'UNKNOWN_TYPE', /ACK, PONG or PRESENCE/],
    ['a binary frame', Buffer.from('{"type":"PONG"}'), 'INVALID_MESSAGE', /text frame/],
    ['nesting without end', '['.repeat(20_000), 'INVALID_JSON', /deeper than 32/],
  ]
  for (const [what, frame, code, says] of wrong) {
    it(`such as ${what} is answered with ${code}, and the connection goes on`, async () => {
      const listener = await listen('bad-input')
      listener.client.send(frame)
      const error = await listener.takeError(code)
      assert.match(error.payload.message, says)
      assert.equal(error.clientID, listener.id)
      listener.client.send({ type: 'PRESENCE', payload: { still: 'here' } })
      assert.deepEqual((await listener.take('PRESENCE:UPDATED')).payload.presence, { still: 'here' })
      await listener.client.close()
    })
  }

  it('larger than 64 KiB is answered with PAYLOAD_TOO_LARGE and closed with 1009', async () => {
    const listener = await listen('too-large')
    listener.client.send(JSON.stringify({ type: 'PRESENCE', payload: { x: 'x'.repeat(65_536) } }))
    await listener.takeError('PAYLOAD_TOO_LARGE')
    assert.equal((await listener.client.closed).code, 1009)
  })

  it('in floods is answered with RATE_LIMITED and when to go on, then closed with 4429', async () => {
    const listener = await listen('flood')
    for (let i = 0; i < 200; i++) listener.client.send('{"type":"PONG"}')
    const error = await listener.takeError('RATE_LIMITED')
    assert.ok(error.payload.retryAfter > 0)
    assert.equal((await listener.client.closed).code, 4429)
  })
})

describe('listening is refused before the upgrade', () => {
  async function refused(channel: string, options = {}): Promise<Refused> {
    try {
      await connectChannels(gateway, channel, options)
    } catch (error) {
      if (error instanceof Refused) return error
      throw error
    }
    throw new Error('the handshake was accepted')
  }

  function isRefusal(error: Refused, status: number, code: string): void {
    assert.equal(error.status, status)
    const body = error.body as { success: boolean; error: string; code: string }
    assert.deepEqual(body, { success: false, error: body.error, code })
    assert.match(body.error, /\S/)
  }

  it('with a token that is not good', async () => {
    isRefusal(await refused('x', { bearer: 'a.b.c' }), 401, 'TOKEN_INVALID')
    isRefusal(await refused('x', { query: { token: tokenFor('ann', { ttl: -60 }) } }), 401, 'TOKEN_EXPIRED')
  })

  it('with a credential that nobody has', async () => {
    isRefusal(await refused('x', { query: { participantId: 'nobody' } }), 401, 'UNKNOWN_PARTICIPANT')
  })

  it('to those who are not members of a room that is for members', async () => {
    const room = await TestRoom.make(gateway)
    isRefusal(await refused(room.id), 403, 'NOT_A_MEMBER')
    const member = await listen(room.id, { query: { participantId: room.admin.participantId } })
    assert.match(member.id, /^client_/)
  })

  it('to those who are banned', async () => {
    await listen('banning', { bearer: tokenFor('mallory') })
    const ban = await http(gateway, 'PATCH', '/api/rooms/banning/participants/mallory', {
      bearer: tokenFor('root', { admin: true }),
      json: { banned: true },
    })
    assert.equal(ban.status, 200)
    isRefusal(await refused('banning', { bearer: tokenFor('mallory') }), 403, 'BANNED')
  })

  it('for a name that no channel may have', async () => {
    isRefusal(await refused('gateway'), 400, 'RESERVED_NAME')
    isRefusal(await refused('x'.repeat(201)), 400, 'INVALID_REQUEST')
    isRefusal(await refused('a\nb'), 400, 'INVALID_REQUEST')
  })

  it('with presence data that is no small object', async () => {
    isRefusal(await refused('x', { query: { presence: '{"a":1,}' } }), 400, 'INVALID_JSON')
    isRefusal(await refused('x', { query: { presence: '[]' } }), 400, 'INVALID_REQUEST')
    isRefusal(
      await refused('x', { query: { presence: JSON.stringify({ x: 'x'.repeat(2048) }) } }),
      400,
      'INVALID_REQUEST',
    )
  })

  it('with a "since" that is no event id', async () => {
    for (const since of ['-1', '9007199254740992', '1.5', 'null']) {
      isRefusal(await refused('x', { query: { since } }), 400, 'INVALID_POSITION')
    }
  })

  it('to a page of a foreign origin', async () => {
    assert.equal((await refused('x', { origin: 'https://evil.example' })).status, 403)
  })

  it('without an upgrade, with 426 and what to upgrade to', async () => {
    const { status, headers, body } = await http(gateway, 'GET', '/lobby/listen')
    assert.equal(status, 426)
    assert.equal(headers.get('upgrade'), 'websocket')
    assert.deepEqual(body, { success: false, error: body.error, code: 'UPGRADE_REQUIRED' })
  })
})
