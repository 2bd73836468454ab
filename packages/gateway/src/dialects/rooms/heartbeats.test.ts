import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestGateway } from '../../../test/harness.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { TestRoom } from '../../../test/support/test-room.ts'
import type { PartialConfig } from '../../app/config/schema.ts'
import type { Random } from '../../ports/clock.ts'

/** A room whose time the test moves. Its gateway asks as late as may be, and so right after the heartbeat. */
async function quietRoom(
  use: (scene: { clock: ManualClock; room: TestRoom }) => Promise<void>,
  config: PartialConfig = {},
): Promise<void> {
  const clock = new ManualClock(Date.now())
  let count = 0
  const random: Random = { id: (length) => String(++count).padStart(length, '_'), integer: () => 0 }
  const gateway = await startTestGateway(config, { clock, random })
  try {
    await use({ clock, room: await TestRoom.make(gateway) })
  } finally {
    await gateway.dispose()
  }
}

test('the server beats every interval and asks who is quiet; who answers stays', () =>
  quietRoom(async ({ clock, room }) => {
    const client = await room.connect(room.admin)
    for (let beat = 0; beat < 5; beat++) {
      clock.advance(45_000)
      assert.equal(await client.nextText(), '{"e":1,"d":{}}')
      assert.equal(await client.nextText(), '{"e":2,"d":{}}')
      client.send('{"e":1,"d":{}}')
      // The answer to a question shows that the heartbeat before it has arrived.
      client.send('{"e":2,"d":{}}')
      assert.equal(await client.nextText(), '{"e":1,"d":{}}')
    }
    await client.close()
  }))

test('who does not beat is closed with 4008 after the interval and the grace, whatever else they say', () =>
  quietRoom(async ({ clock, room }) => {
    const client = await room.connect(room.admin)
    clock.advance(59_000)
    client.send('{"e":2,"d":{}}')
    await client.expect({ e: 1, d: {} })
    await client.expect({ e: 2, d: {} })
    await client.expect({ e: 1, d: {} })
    clock.advance(1_100)
    const { code, reason } = await client.closed
    assert.equal(code, 4008)
    assert.match(reason, /heartbeat/)
  }))

test('a jump of the wall clock closes nobody', () =>
  quietRoom(async ({ clock, room }) => {
    const client = await room.connect(room.admin)
    const wall = clock.now.bind(clock)
    clock.now = () => wall() + 3_600_000
    clock.advance(1_000)
    client.send('{"e":2,"d":{}}')
    await client.expect({ e: 1, d: {} })
    await client.close()
  }))

test('interval and grace are configurable, and hello says the interval', () =>
  quietRoom(
    async ({ clock, room }) => {
      const client = await room.open(room.admin)
      await client.expect({ e: 0, d: { heartbeatInterval: 10_000 } })
      clock.advance(10_000)
      await client.expect({ e: 1, d: {} })
      await client.expect({ e: 2, d: {} })
      clock.advance(2_100)
      assert.equal((await client.closed).code, 4008)
    },
    { rooms: { heartbeatInterval: 10_000, heartbeatGrace: 2_000 } },
  ))
