import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { http, spawnGateway, type Target } from '../harness.ts'
import { followers, room } from './support/follower.ts'
import { lacks } from './support/needs.ts'
import { emit, makeRoom, unlimited } from './support/writing.ts'

/** Where Debian keeps it; the program `faketime` would set one time for good, and this reads it from a file each time. */
const library = '/usr/$LIB/faketime/libfaketime.so.1'

test('a jump of the wall clock by an hour, forth and back, ends no connection, and ids go on rising', {
  skip: lacks('faketime'),
}, async () => {
  const timeFile = (data: string) => join(data, 'time')
  const gateway = await spawnGateway(unlimited, (data) => {
    writeFileSync(timeFile(data), '+0')
    return {
      env: {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: timeFile(data),
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    }
  })
  try {
    await makeRoom(gateway, ['ann'])
    const following = Object.values(followers).map((Follower) => new Follower(gateway, 'ann'))
    for (const follower of following) await follower.connect()
    const written: string[] = []
    const say = async (content: string) => {
      written.push(content)
      await emit(gateway, content)
      for (const follower of following) await follower.until(() => follower.heard.at(-1) === content)
    }
    await say('before')
    const before = await newest(gateway)
    // Back first: an hour ahead, the tokens of these clients have rightly ended.
    for (const jump of ['-1h', '+59m', '-1h', '+0']) {
      writeFileSync(timeFile(gateway.data), jump)
      await say(`at ${jump}`)
      const { id, sentAt } = await newest(gateway)
      assert.ok(id > before.id, 'ids rise')
      const jumped = Math.round((sentAt - before.sentAt) / 60_000)
      assert.equal(jumped, { '-1h': -60, '+59m': 59, '+0': 0 }[jump], 'the clock did jump')
      for (const follower of following) {
        await follower.cut()
        await follower.connect()
      }
    }
    await say('after')
    for (const { protocol, heard, gaps } of following) {
      assert.deepEqual([heard, gaps], [written, 0], protocol)
    }
  } finally {
    await gateway.dispose()
  }
})

async function newest(target: Target): Promise<{ id: number; sentAt: number }> {
  const { body } = await http(target, 'GET', `/${room}/history?limit=1`)
  const [{ at }] = body.history
  const page = await http(target, 'GET', `/api/rooms/${room}/messages?limit=1`)
  return { id: page.body.messages[0].id, sentAt: at }
}
