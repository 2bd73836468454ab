import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { startTestGateway, type Target } from '../harness.ts'
import { type Follower, followers } from './support/follower.ts'
import { emit, makeRoom, unlimited } from './support/writing.ts'

/** Followers who have heard this and gone. */
async function whoHeard(target: Target, content: string): Promise<Follower[]> {
  const all = Object.values(followers).map((Protocol) => new Protocol(target, 'ann'))
  for (const follower of all) await follower.connect()
  await emit(target, content)
  for (const follower of all) {
    await follower.until(() => follower.heard.length === 1)
    await follower.cut()
  }
  return all
}

test('of a restored copy, who left before it was made misses nothing, and who left later is told of a gap', async () => {
  const gateway = await startTestGateway(unlimited)
  const store = join(gateway.data, 'parlance.db')
  const copy = join(gateway.data, 'copy.db')
  try {
    await makeRoom(gateway, ['ann'])
    const early = await whoHeard(gateway, 'before the copy')
    assert.throws(() => vacuum(store, copy), /locked/, 'not while it runs')
    await gateway.stop()
    vacuum(store, copy)
    await gateway.restart()
    const late = await whoHeard(gateway, 'lost')
    await gateway.stop()
    copyFileSync(copy, store)
    await gateway.restart()
    for (const content of ['one', 'two', 'three']) await emit(gateway, content)

    for (const follower of early) {
      await follower.connect()
      await follower.until(() => follower.heard.length === 4)
      assert.deepEqual([follower.heard.slice(1), follower.gaps], [['one', 'two', 'three'], 0])
      await follower.cut()
    }
    for (const follower of late) {
      await follower.connect()
      await emit(gateway, 'live')
      await follower.until(() => follower.heard.length === 2)
      assert.deepEqual([follower.heard, follower.gaps], [['lost', 'live'], 1], follower.protocol)
      await follower.cut()
    }
  } finally {
    await gateway.dispose()
  }
})

function vacuum(from: string, to: string): void {
  const db = new DatabaseSync(from, { timeout: 0 })
  try {
    db.exec(`VACUUM INTO '${to}'`)
  } finally {
    db.close()
  }
}
