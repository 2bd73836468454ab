import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { connectChannels, connectRooms, http, SocketClient, socketUrl, tokenFor } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { Victim } from './support/victim.ts'

// So that a message of comms has room for as much as the others.
const victim = await Victim.start({ after }, { servicesSecret, comms: { maxPayload: 65_536 } })
const token = tokenFor('ann')
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** The first frame that is an error, as text. */
const error = (client: SocketClient) => client.until((frame: object) => /error/i.test(JSON.stringify(frame)))

/** Every protocol takes JSON of so many levels and refuses one more in its own words. */
async function bounds({ gateway: target }: Victim, depth: number): Promise<void> {
  await http(target, 'POST', '/deep/emit', { json: 1 })
  const rooms = await connectRooms(target, { roomId: 'deep', participantId: token })
  rooms.send(`{"e":1,"d":${nested(depth - 1)}}`)
  rooms.send(`{"e":1,"d":${nested(depth)}}`)
  const { code, reason } = await rooms.closed
  assert.deepEqual([code, /nested deeper/.test(reason)], [4002, true])

  const comms = await CommsClient.join(target, 'ann')
  comms.socket.send(`{"f":120,"cnf":{"x":${nested(depth - 2)}}}`)
  assert.equal((await comms.next()).f, 120)
  comms.socket.send(`{"f":120,"cnf":{"x":${nested(depth - 1)}}}`)
  assert.equal((await comms.next()).cnf.c, 4004)
  await comms.socket.close()

  const channels = await connectChannels(target, 'deep')
  channels.send(`{"type":"PRESENCE","payload":{"x":${nested(depth - 2)}}}`)
  await channels.until(({ type }: { type: string }) => type === 'PRESENCE:UPDATED')
  channels.send(`{"type":"PRESENCE","payload":{"x":${nested(depth - 1)}}}`)
  assert.match(JSON.stringify(await error(channels)), /INVALID_JSON/)
  await channels.close()
  const shown = (levels: number) => ({ presence: `{"x":${nested(levels - 1)}}` })
  await (await connectChannels(target, 'deep', { query: shown(depth) })).close()
  await assert.rejects(connectChannels(target, 'deep', { query: shown(depth + 1) }), /400/)

  const messenger = await MessengerClient.open(target, 'ann')
  const ask = (levels: number) =>
    messenger.send(
      `{"type":"request","id":"1","payloadType":"getChats","payload":{"x":${nested(levels - 2)}}}`,
    )
  ask(depth)
  assert.equal((await messenger.response('1')).error, undefined)
  ask(depth + 1)
  assert.equal((await messenger.response(null)).error?.code, 'invalid_json')
  await messenger.socket.close()

  const services = await SocketClient.open(socketUrl(target, '/ws/v1'))
  services.send(`{"op":1,"d":{"heapUsed":1,"x":${nested(depth - 2)}}}`)
  services.send(`{"op":1,"d":{"heapUsed":1,"x":${nested(depth - 1)}}}`)
  const closed = await services.closed
  assert.deepEqual([closed.code, /nested deeper/.test(closed.reason)], [4004, true])

  assert.equal((await http(target, 'POST', '/deep/emit', { body: nested(depth) })).status, 200)
  assert.equal(
    (await http(target, 'POST', '/deep/emit', { body: nested(depth + 1) })).body.code,
    'INVALID_JSON',
  )
  const make = (levels: number) =>
    http(target, 'POST', '/api/rooms', { body: `{"name":${nested(levels - 1)}}` })
  assert.equal((await make(depth)).body.error.code, 'invalid_request')
  assert.equal((await make(depth + 1)).body.error.code, 'invalid_json')
}

/** 30,000 levels; as many as 4 KiB have room for in rooms, and 100,000 in services. */
async function drowns({ gateway: target }: Victim): Promise<void> {
  await http(target, 'POST', '/deep/emit', { json: 1 })
  const deep = nested(30_000)
  const rooms = await connectRooms(target, { roomId: 'deep', participantId: token })
  rooms.send(`{"e":1,"d":${nested(2000)}}`)
  assert.equal((await rooms.closed).code, 4002)

  const comms = await CommsClient.join(target, 'ann')
  comms.socket.send(`{"f":120,"cnf":{"x":${deep}}}`)
  assert.equal((await comms.next()).cnf.c, 4004)
  await comms.socket.close()

  const channels = await connectChannels(target, 'deep')
  channels.send(`{"type":"PRESENCE","payload":{"x":${deep}}}`)
  assert.match(JSON.stringify(await error(channels)), /INVALID_JSON/)
  await channels.close()

  const messenger = await MessengerClient.open(target, 'ann')
  messenger.send(`{"type":"request","id":"1","payloadType":"getChats","payload":{"x":${deep}}}`)
  assert.equal((await messenger.response(null)).error?.code, 'invalid_json')
  await messenger.socket.close()

  const services = await SocketClient.open(socketUrl(target, '/ws/v1'))
  services.send({ op: 0, d: { type: 'panel', compress: false, secret: servicesSecret } })
  services.send(`{"op":1,"d":{"heapUsed":1,"x":${nested(100_000)}}}`)
  assert.equal((await services.closed).code, 4004)

  assert.equal((await http(target, 'POST', '/deep/emit', { body: deep })).body.code, 'INVALID_JSON')
  const made = await http(target, 'POST', '/api/rooms', { body: `{"name":${deep}}` })
  assert.equal(made.body.error.code, 'invalid_json')
}

/** Rooms and services close for it, channels refuse a handshake, the others say so. */
const worth = { lines: () => 2, handshakes: () => 1 }

describe('how deep JSON may be nested', () => {
  it('is 32 levels, in every protocol and over HTTP', () =>
    victim.withstands(() => bounds(victim, 32), worth))

  it('is what is configured, in every one of them', async (t) => {
    const other = await Victim.start(t, { servicesSecret, limits: { jsonDepth: 40 } })
    await other.withstands(() => bounds(other, 40), worth)
  })

  it('does not matter beyond that: as deep as a message has room for, it is refused alike', () =>
    victim.forgets(() => drowns(victim), worth))
})
