import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spawnGateway } from '../harness.ts'
import { followers } from './support/follower.ts'
import { times } from './support/scale.ts'
import { Stream } from './support/stream.ts'
import { contentsOf, makeRoom, unlimited } from './support/writing.ts'

const atOnce = 10
/** So many messages are written between the beginning of a subscription that counts and its greeting, at least. */
const meanwhile = 4

for (const [protocol, Follower] of Object.entries(followers)) {
  test(`${protocol}: who subscribes into a running stream loses and doubles nothing between what was missed and what is live`, async (t) => {
    const gateway = await spawnGateway(unlimited)
    try {
      await makeRoom(gateway, ['ann'])
      const stream = new Stream(gateway, 8)
      const heard: string[][] = []
      const wanted = times(30, 1000)
      let raced = 0
      const subscribers = Array.from({ length: atOnce }, async () => {
        while (raced < wanted) {
          const follower = new Follower(gateway, 'ann')
          await follower.connect()
          await follower.until(() => follower.heard.length >= 1)
          await follower.cut()
          const before = follower.heard.length
          const writtenBefore = stream.written
          await follower.connect()
          // Into a lull it would be no race.
          if (stream.written >= writtenBefore + meanwhile) raced += 1
          await follower.until(() => follower.heard.length >= before + 20)
          await follower.cut()
          assert.equal(follower.gaps, 0)
          heard.push(follower.heard)
        }
      })
      await Promise.all(subscribers)
      await stream.end()
      const log = await contentsOf(gateway)
      const places = new Map(log.map((content, place) => [content, place]))
      for (const contents of heard) {
        const first = places.get(contents[0]!)!
        assert.deepEqual(contents, log.slice(first, first + contents.length))
      }
      const before = `${meanwhile} or more messages were written before it was greeted`
      t.diagnostic(`${heard.length} resumed subscriptions; during ${raced} of them ${before}`)
    } finally {
      await gateway.dispose()
    }
  })
}
