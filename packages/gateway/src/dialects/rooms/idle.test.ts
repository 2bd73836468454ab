import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestGateway } from '../../../test/harness.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

const hour = 3_600_000

test('a room nobody has written in for too long is closed', async () => {
  const clock = new ManualClock(Date.now())
  const rooms = { idleHours: 2, heartbeatInterval: 100 * hour }
  const gateway = await startTestGateway({ rooms, retention: { interval: 1000 } }, { clock })
  try {
    const [quiet, lively] = [await TestRoom.make(gateway), await TestRoom.make(gateway)]
    const client = await quiet.connect(quiet.admin)
    clock.advance(hour)
    await lively.post(lively.admin, 'still here')
    clock.advance(hour)
    // Small steps: a long one would also use up the time that a closing connection is given to take its leave.
    while ((await quiet.ask(quiet.admin, 'GET')).status === 200) clock.advance(1000)
    assert.equal(await client.nextText(), '{"e":7,"d":{}}')
    assert.equal((await client.closed).code, 4010)
    assert.equal((await lively.ask(lively.admin, 'GET')).status, 200)
  } finally {
    await gateway.dispose()
  }
})
