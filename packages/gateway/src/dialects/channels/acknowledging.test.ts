import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { http, startTestGateway, type TestGateway } from '../../../test/harness.ts'
import { ChannelListener } from '../../../test/support/channel-listener.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'

interface Scene {
  readonly gateway: TestGateway
  readonly clock: ManualClock
  readonly first: ChannelListener
  readonly second: ChannelListener
}

/** Two listeners in a channel, on a clock that the test moves. */
async function withListeners(use: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = new ManualClock(Date.now())
  const gateway = await startTestGateway({}, { clock })
  try {
    const first = await ChannelListener.connect(gateway, 'lobby')
    const second = await ChannelListener.connect(gateway, 'lobby')
    await first.take('PRESENCE:JOINED')
    await use({ gateway, clock, first, second })
  } finally {
    await gateway.dispose()
  }
}

const emit = (gateway: TestGateway, query: string) =>
  http(gateway, 'POST', `/lobby/emit?${query}`, { json: { hello: 'world' } })

describe('require-ack', () => {
  for (const on of ['true', '1']) {
    it(`=${on} asks all who listen and replies when all have acknowledged`, async () => {
      await withListeners(async ({ gateway, first, second }) => {
        const reply = emit(gateway, `require-ack=${on}`)
        const { eventID, requires_ack } = await first.take('DATA')
        assert.equal(requires_ack, true)
        first.acknowledge(eventID)
        assert.equal((await second.take('DATA')).requires_ack, true)
        second.acknowledge(eventID)
        const { status, body } = await reply
        assert.equal(status, 200)
        assert.deepEqual(body, { success: true, eventID, clients: 2, acked: body.acked })
        assert.deepEqual(body.acked.toSorted(), [first.id, second.id].toSorted())
      })
    })
  }

  for (const off of ['false', '0']) {
    it(`=${off} asks nobody`, async () => {
      await withListeners(async ({ gateway, first }) => {
        assert.equal((await emit(gateway, `require-ack=${off}`)).status, 200)
        assert.equal('requires_ack' in (await first.take('DATA')), false)
      })
    })
  }

  it('is refused as anything else', async () => {
    await withListeners(async ({ gateway }) => {
      for (const nonsense of ['', 'yes', '2']) {
        const { status, body } = await emit(gateway, `require-ack=${nonsense}`)
        assert.deepEqual([status, body.code], [400, 'INVALID_REQUEST'])
      }
    })
  })

  it('gives up after 5 seconds with 408, and says who acknowledged, who did not and who left', async () => {
    await withListeners(async ({ gateway, clock, first, second }) => {
      const third = await ChannelListener.connect(gateway, 'lobby')
      let replied = false
      const reply = emit(gateway, 'require-ack=true').finally(() => {
        replied = true
      })
      const { eventID } = await first.until('DATA')
      first.acknowledge(eventID)
      await third.until('DATA')
      await third.client.close()
      await second.until('PRESENCE:LEFT')
      clock.advance(4999)
      // A frame there and back shows that everything before it has been dealt with.
      first.client.send({ type: 'PRESENCE', payload: {} })
      await first.until('PRESENCE:UPDATED')
      assert.equal(replied, false)
      clock.advance(1)
      const { status, body } = await reply
      assert.equal(status, 408)
      assert.deepEqual(body, {
        success: false,
        error: body.error,
        code: 'NOT_ACKNOWLEDGED',
        eventID,
        clients: 3,
        acked: [first.id],
        pending: [second.id],
        left: [third.id],
      })
    })
  })

  it('takes an acknowledgement of a target only, for an event it knows, and only once', async () => {
    await withListeners(async ({ gateway, clock, first, second }) => {
      const reply = emit(gateway, `require-ack=true&clients=${first.id}`)
      const { eventID } = await first.take('DATA')
      second.acknowledge(eventID)
      first.acknowledge('evt_unknown00')
      for (const { client } of [first, second]) client.send({ type: 'PRESENCE', payload: {} })
      for (const listener of [first, second]) {
        await listener.take('PRESENCE:UPDATED')
        await listener.take('PRESENCE:UPDATED')
      }
      first.acknowledge(eventID)
      first.acknowledge(eventID)
      const { status, body } = await reply
      assert.equal(status, 200)
      assert.deepEqual(body.acked, [first.id])
      clock.advance(5000)
    })
  })

  it('does not hold up other emits', async () => {
    await withListeners(async ({ gateway, clock, first }) => {
      const waiting = emit(gateway, `require-ack=true&clients=${first.id}`)
      await first.take('DATA')
      assert.equal((await emit(gateway, '')).status, 200)
      clock.advance(5000)
      assert.equal((await waiting).status, 408)
    })
  })

  it('never chooses who cannot acknowledge', async () => {
    await withListeners(async ({ gateway, first, second }) => {
      const stop = new AbortController()
      const stream = await fetch(`${gateway.url}/lobby/listen`, {
        headers: { accept: 'text/event-stream' },
        signal: stop.signal,
      })
      assert.equal(stream.status, 200)
      await first.take('PRESENCE:JOINED')
      assert.equal((await emit(gateway, 'require-ack=true&clients=3')).status, 400)
      const reply = emit(gateway, 'require-ack=true')
      for (const listener of [first, second]) listener.acknowledge((await listener.until('DATA')).eventID)
      const { clients, acked } = (await reply).body
      assert.deepEqual({ clients, acked: acked.length }, { clients: 3, acked: 2 })
      stop.abort()
    })
  })
})
