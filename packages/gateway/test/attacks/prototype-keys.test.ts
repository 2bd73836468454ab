import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { connectChannels, http, tokenFor } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { Victim } from './support/victim.ts'

/** What every JavaScript object has, taken for a name: as an id, a key, a word of a protocol. */
const names = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  '__defineGetter__',
]

const victim = await Victim.start({ after }, { servicesSecret })
const { gateway } = victim
victim.withstandsAll()
after(() => {
  // @ts-expect-error: nobody declared it, and nobody may have made it
  assert.equal({}.polluted, undefined)
})

const polluting =
  '{"__proto__":{"polluted":1,"content":"x","admin":true},"constructor":{"prototype":{"polluted":1}}}'

describe('names that objects have', () => {
  for (const name of names) {
    it(`${name} is a channel, a user and a message like others`, async () => {
      const bearer = tokenFor(name)
      const listener = await connectChannels(gateway, name, { bearer })
      await listener.until((frame: { type: string }) => frame.type === 'CONNECTED')
      const emitted = await http(gateway, 'POST', `/${name}/emit`, { json: { content: name }, bearer })
      assert.deepEqual([emitted.status, emitted.body.clients], [200, 1])
      assert.deepEqual((await listener.next<{ payload: unknown }>()).payload, { content: name })
      const [last] = (await http(gateway, 'GET', `/${name}/history?limit=1`)).body.history
      assert.deepEqual(last.payload, { content: name })
      const read = await http(gateway, 'GET', `/api/rooms/${name}/messages`, { bearer })
      assert.equal(read.body.messages[0].authorId, name)
      await listener.close()
    })

    it(`${name} names nothing that was not made`, async () => {
      for (const path of [
        `/api/rooms/unmade-${name}`,
        `/api/rooms/x/participants/${name}`,
        `/v1/guilds/${name}`,
        `/${name}`,
      ]) {
        const { status } = await http(gateway, 'GET', path, { headers: { authorization: servicesSecret } })
        assert.ok(status >= 400 && status < 500, `${path}: ${status}`)
      }
    })

    it(`${name} is no request, no event, no field`, async () => {
      const messenger = await MessengerClient.open(gateway, 'ann')
      assert.equal(await messenger.refused(name, {}), 'unknown_request')
      assert.equal(await messenger.refused('getChat', { chatId: name, [name]: name }), 'unknown_chat')
      await messenger.socket.close()
      const comms = await CommsClient.join(gateway, 'ann')
      comms.socket.send({ f: 130, t: name, cnf: { [name]: {} }, s: 1 })
      const error = await comms.next()
      assert.deepEqual([error.f, error.cnf.c], [150, 4004])
      await comms.socket.close()
    })

    it(`${name} is an idempotency key, a query and a header like others`, async () => {
      const headers = { 'idempotency-key': name }
      const first = await http(gateway, 'POST', '/keys/emit', { json: 1, headers })
      const again = await http(gateway, 'POST', '/keys/emit', { json: 1, headers })
      assert.equal(again.body.eventID, first.body.eventID)
      const emitted = await http(gateway, 'GET', `/keys/emit?${name}=1&${name}=2`)
      assert.equal(emitted.status, 200)
      const page = await http(gateway, 'GET', `/api/rooms/keys/messages?limit=1&${name}=1&${name}=2`)
      assert.ok([200, 400].includes(page.status), page.text)
      const [last] = (await http(gateway, 'GET', '/keys/history?limit=1')).body.history
      assert.deepEqual(Object.entries(last.payload), [[name, ['1', '2']]])
    })
  }
})

describe('keys that would change all objects', () => {
  it('pass through as data, and change nothing', async () => {
    const listener = await connectChannels(gateway, 'polluted', { query: { presence: polluting } })
    await listener.next()
    listener.send(`{"type":"PRESENCE","payload":${polluting}}`)
    await http(gateway, 'POST', '/polluted/emit', { body: polluting })
    const updated = await listener.nextText()
    assert.ok(updated.includes(`"presence":${polluting}`), updated)
    const text = await listener.nextText()
    assert.ok(text.includes(`"payload":${polluting}`), text)
    assert.equal(
      (await http(gateway, 'GET', '/api/rooms/polluted/messages')).body.messages.length,
      0,
      'it is no message',
    )
    await listener.close()
  })

  it('are no fields of a request', async () => {
    for (const body of [polluting, `{"participant":${polluting}}`, `{"__proto__":{"maxParticipants":0}}`]) {
      const { status, body: answer } = await http(gateway, 'POST', '/api/rooms', { body })
      assert.ok(status === 400 || (status === 201 && answer.maxParticipants === 100), `${status}`)
    }
    const token = tokenFor('mallory', { ['__proto__']: { admin: true } })
    assert.equal((await http(gateway, 'DELETE', '/api/rooms/polluted', { bearer: token })).status, 403)
  })
})
