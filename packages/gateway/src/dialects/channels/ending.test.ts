import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { http, startTestGateway, type TestGateway, tokenFor } from '../../../test/harness.ts'
import { ChannelListener } from '../../../test/support/channel-listener.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

/** Runs with a gateway of its own, on a clock that the test moves. */
async function withClock(use: (gateway: TestGateway, clock: ManualClock) => Promise<void>): Promise<void> {
  const clock = new ManualClock(Date.now())
  const gateway = await startTestGateway({}, { clock })
  try {
    await use(gateway, clock)
  } finally {
    await gateway.dispose()
  }
}

async function withGateway(use: (gateway: TestGateway) => Promise<void>): Promise<void> {
  const gateway = await startTestGateway()
  try {
    await use(gateway)
  } finally {
    await gateway.dispose()
  }
}

const admin = { bearer: tokenFor('root', { admin: true }) }

describe('PING', () => {
  it('comes every 25 seconds, and its PONG gives the latency to all further frames', async () => {
    await withClock(async (gateway, clock) => {
      const listener = await ChannelListener.connect(gateway, 'lobby')
      for (const [pause, latency] of [
        [25_000, 40],
        [24_960, 7],
      ] as const) {
        clock.advance(pause)
        const ping = await listener.take('PING')
        assert.deepEqual(ping.payload, {})
        clock.advance(latency)
        listener.client.send({ type: 'PONG' })
        listener.client.send({ type: 'PRESENCE', payload: {} })
        assert.equal((await listener.take('PRESENCE:UPDATED')).latency, latency)
      }
    })
  })

  it('that is not answered within 10 seconds ends the connection with PING_TIMEOUT and 4408', async () => {
    await withClock(async (gateway, clock) => {
      const silent = await ChannelListener.connect(gateway, 'lobby')
      const other = await ChannelListener.connect(gateway, 'lobby')
      await silent.take('PRESENCE:JOINED')
      clock.advance(25_000)
      await silent.take('PING')
      await other.take('PING')
      other.client.send({ type: 'PRESENCE', payload: {} })
      await silent.take('PRESENCE:UPDATED')
      await other.take('PRESENCE:UPDATED')
      clock.advance(10_000)
      const error = await silent.take('ERROR')
      assert.deepEqual(error.payload, {
        message: 'Client did not respond to PING event',
        code: 'PING_TIMEOUT',
      })
      assert.equal((await silent.client.closed).code, 4408)
      assert.equal((await other.take('PRESENCE:LEFT')).payload.clientID, silent.id)
    })
  })
})

describe('a listener is told why its connection is closed', () => {
  it('when it is kicked: KICKED and 4405, and the others see it leave', async () => {
    await withGateway(async (gateway) => {
      const kicked = await ChannelListener.connect(gateway, 'lobby', { bearer: tokenFor('ann') })
      const other = await ChannelListener.connect(gateway, 'lobby')
      await kicked.take('PRESENCE:JOINED')
      const reply = await http(gateway, 'DELETE', '/api/rooms/lobby/participants/ann', admin)
      assert.equal(reply.status, 204)
      await kicked.takeError('KICKED')
      assert.equal((await kicked.client.closed).code, 4405)
      assert.equal((await other.take('PRESENCE:LEFT')).payload.clientID, kicked.id)
    })
  })

  it('when it is banned: BANNED and 4403', async () => {
    await withGateway(async (gateway) => {
      const banned = await ChannelListener.connect(gateway, 'lobby', { bearer: tokenFor('ann') })
      await http(gateway, 'PATCH', '/api/rooms/lobby/participants/ann', { ...admin, json: { banned: true } })
      await banned.takeError('BANNED')
      assert.equal((await banned.client.closed).code, 4403)
    })
  })

  it('when the room is closed: ROOM_CLOSED and 4410', async () => {
    await withGateway(async (gateway) => {
      const room = await TestRoom.make(gateway)
      const query = { participantId: room.admin.participantId }
      const listener = await ChannelListener.connect(gateway, room.id, { query })
      assert.equal((await room.ask(room.admin, 'DELETE')).status, 204)
      await listener.takeError('ROOM_CLOSED')
      assert.equal((await listener.client.closed).code, 4410)
    })
  })

  it('when its token ends: TOKEN_EXPIRED and 4401', async () => {
    await withClock(async (gateway, clock) => {
      const bearer = tokenFor('ann', { ttl: 20 })
      const listener = await ChannelListener.connect(gateway, 'lobby', { bearer })
      // The token counts from the wall clock, which has gone on since this one was made.
      clock.advance(24_000)
      await listener.takeError('TOKEN_EXPIRED')
      assert.equal((await listener.client.closed).code, 4401)
    })
  })

  it('when the gateway goes down: GATEWAY_DOWN and 1012', async () => {
    await withGateway(async (gateway) => {
      const listener = await ChannelListener.connect(gateway, 'lobby')
      const stopped = gateway.stop()
      await listener.takeError('GATEWAY_DOWN')
      assert.equal((await listener.client.closed).code, 1012)
      await stopped
    })
  })
})
