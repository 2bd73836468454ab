import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spawnGateway, type Target } from '../harness.ts'
import { followers } from './support/follower.ts'
import { times } from './support/scale.ts'
import { contentsOf, emit, makeRoom, unlimited } from './support/writing.ts'

const atOnce = 10

for (const [protocol, Follower] of Object.entries(followers)) {
  test(`${protocol}: who subscribes into a running stream loses and doubles nothing between what was missed and what is live`, async (t) => {
    const gateway = await spawnGateway(unlimited)
    try {
      await makeRoom(gateway, ['ann'])
      const stream = new Stream(gateway, 8)
      const heard: string[][] = []
      const wanted = times(30, 1000)
      const subscribers = Array.from({ length: atOnce }, async () => {
        while (heard.length < wanted) {
          const follower = new Follower(gateway, 'ann')
          await follower.connect()
          await follower.until(() => follower.heard.length >= 1)
          await follower.cut()
          const before = follower.heard.length
          await follower.connect()
          await follower.until(() => follower.heard.length >= before + 20)
          await follower.cut()
          assert.equal(follower.gaps, 0)
          heard.push(follower.heard)
        }
      })
      await Promise.all(subscribers)
      const perSecond = await stream.end()
      const log = await contentsOf(gateway)
      const places = new Map(log.map((content, place) => [content, place]))
      for (const contents of heard) {
        const first = places.get(contents[0]!)!
        assert.deepEqual(contents, log.slice(first, first + contents.length))
      }
      t.diagnostic(`${heard.length} resumed subscriptions into ${perSecond} messages a second`)
    } finally {
      await gateway.dispose()
    }
  })
}

/** Writers that write one message after another, until the end. */
class Stream {
  readonly #began = performance.now()
  readonly #writers: Promise<void>[]
  #written = 0
  #running = true

  constructor(target: Target, writers: number) {
    this.#writers = Array.from({ length: writers }, async () => {
      while (this.#running) await emit(target, `${this.#written++}`)
    })
  }

  /** How many messages a second there were. */
  async end(): Promise<number> {
    this.#running = false
    await Promise.all(this.#writers)
    return Math.round((this.#written / (performance.now() - this.#began)) * 1000)
  }
}
