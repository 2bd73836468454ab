import assert from 'node:assert/strict'
import { test } from 'node:test'
import { http, startTestGateway, type TestGateway, tokenFor } from '../../../test/harness.ts'
import { CommsClient } from '../../../test/support/comms-client.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { type Event, MessengerClient } from '../../../test/support/messenger-client.ts'

const endings: Readonly<Record<string, (scene: Scene) => Promise<void> | void>> = {
  'a ban from the gateway': async ({ gateway }) => {
    const admin = await CommsClient.open(gateway)
    await admin.present({ token: tokenFor('root', { admin: true }) })
    admin.execute('SYSTEM_BAN_ADD', { user: 'eve' })
  },
  'the end of the token': ({ clock }) => clock.advance(10_000),
  'a binary frame': ({ eve }) => eve.send(Buffer.from('{}')),
  'bad frames': ({ eve }) => {
    for (let i = 0; i < 5; i++) eve.send('{')
  },
}

interface Scene {
  readonly gateway: TestGateway
  readonly clock: ManualClock
  readonly eve: MessengerClient
}

/** More than can be done before any of these endings is known. */
const many = 70
const room = '/town'

async function textsOf(gateway: TestGateway): Promise<string[]> {
  const { body } = await http(gateway, 'GET', `/api/rooms${room}/messages?limit=100`)
  return body.messages.map(({ content }: { content: string }) => content).reverse()
}

for (const [ending, end] of Object.entries(endings)) {
  test(`${ending} ends what waits too, and shows the user as gone, though the client never answers the close`, async () => {
    const clock = new ManualClock(Date.now())
    const gateway = await startTestGateway(
      { limits: { framesPerSecond: 1000, frameBurst: 1000 }, rooms: { messagesPerSecond: 0 } },
      { clock },
    )
    const token = tokenFor('eve', { exp: Math.floor(clock.now() / 1000) + 10 })
    const eve = await MessengerClient.open(gateway, 'eve', { headers: { authorization: `Bearer ${token}` } })
    try {
      const tick = () => http(gateway, 'POST', `${room}/emit`, { json: { content: 'tick' } })
      await tick()
      const peer = await MessengerClient.subscribed(gateway, 'peer')
      await peer.get('createGroup', { groupName: 'the two', members: ['eve'] })
      await eve.get('subscribe', {})
      let notice: Event = await peer.event()
      eve.socket.socket.pause()
      for (let i = 0; i < many; i++) {
        const payload = { chatId: 'town', message: `m${i}` }
        eve.send({ type: 'request', timestamp: 1, id: `r${i}`, payloadType: 'new', payload })
      }
      await end({ gateway, clock, eve })
      while (notice.eventType !== 'offline') notice = await peer.event()
      for (let i = 0; i < 20; i++) await tick()
      const [, ...texts] = await textsOf(gateway)
      const done = texts.length - 20
      assert.ok(done < many, `${done} were done`)
      const late = texts.slice(texts.indexOf('tick')).filter((text) => text !== 'tick')
      assert.ok(late.length <= 1, `one request was under way, but ${late.length} were done`)
    } finally {
      eve.socket.socket.resume()
      await gateway.dispose()
    }
  })
}
