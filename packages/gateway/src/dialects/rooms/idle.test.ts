import assert from 'node:assert/strict'
import { test } from 'node:test'
import { http, startTestGateway } from '../../../test/harness.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

const hour = 3_600_000

test('a room nobody has written in for too long is closed', async () => {
  const clock = new ManualClock(Date.now())
  const rooms = { idleHours: 2, heartbeatInterval: 100 * hour }
  const gateway = await startTestGateway({ rooms, retention: { interval: 60_000 } }, { clock })
  try {
    const [quiet, lively] = [await TestRoom.make(gateway), await TestRoom.make(gateway)]
    const client = await quiet.connect(quiet.admin)
    let closed = false
    void client.closed.then(() => {
      closed = true
    })
    clock.advance(hour)
    await lively.post(lively.admin, 'still here')
    clock.advance(hour)
    while (!closed) {
      clock.advance(60_000)
      await http(gateway, 'GET', '/healthz')
    }
    assert.equal(await client.nextText(), '{"e":7,"d":{}}')
    assert.equal((await client.closed).code, 4010)
    assert.equal((await lively.ask(lively.admin, 'GET')).status, 200)
  } finally {
    await gateway.dispose()
  }
})
