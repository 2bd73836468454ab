import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { PartialConfig } from '../../src/app/config/schema.ts'
import { spawnGateway, type TestProcess } from '../harness.ts'
import { Crowd } from './support/crowd.ts'
import { hands } from './support/hands.ts'
import { BreakingProxy } from './support/proxy.ts'
import { times } from './support/scale.ts'
import { unlimited } from './support/writing.ts'

const writers = hands.length

/** Ends the gateway again and again while people write and follow, each time after a while that nobody can foresee. */
async function underLoad(
  rounds: number,
  config: PartialConfig,
  end: (gateway: TestProcess, crowd: Crowd) => Promise<void>,
): Promise<Crowd> {
  const gateway = await spawnGateway({ ...unlimited, ...config })
  const proxy = await BreakingProxy.before(gateway.url)
  let crowd: Crowd | undefined
  try {
    crowd = await Crowd.gather(proxy, writers, 1)
    for (let round = 0; round < rounds; round++) {
      await pause(Math.random() * 250)
      await end(gateway, crowd)
      proxy.target = gateway.url
    }
    await crowd.settle()
    return crowd
  } finally {
    await crowd?.abandon()
    await proxy.close()
    await gateway.dispose()
  }
}

const figures = ({ written, doubtful, failures }: Crowd) =>
  `${written.length} messages acknowledged, ${failures} attempts in vain, ${doubtful.size} without an answer, 0 lost`

test('what was acknowledged survives kill -9, once, and everyone hears it, whenever it comes', async (t) => {
  const kills = times(5, 200)
  const crowd = await underLoad(kills, {}, async (gateway, crowd) => {
    crowd.reachable = gateway.crash()
    await crowd.reachable
  })
  t.diagnostic(`${kills} kills, ${figures(crowd)}`)
})

for (const [how, stops, drainSeconds] of [
  ['at once', times(3, 8), 0],
  ['over a second, in which people go on', times(1, 12), 1],
] as const) {
  test(`a planned stop under load, ${how}, loses and doubles nothing, and ends well every time`, async (t) => {
    const during: string[] = []
    const config = { drainSeconds, limits: { ...unlimited.limits, closeGrace: 200 } }
    const crowd = await underLoad(stops, config, async (gateway, crowd) => {
      const before = crowd.written.length
      const gone = once(gateway.spawned.process, 'exit')
      const restarted = gateway.restart()
      await gone
      during.push(...begunSince(before, crowd.written))
      crowd.reachable = restarted.then(() => {})
      assert.deepEqual(await restarted, { code: 0, signal: null })
    })
    t.diagnostic(`${stops} stops, ${figures(crowd)}, ${during.length} begun in the midst of a stop`)
    if (drainSeconds === 0) return
    const wrote = new Set(during.map(writerOf))
    assert.equal(wrote.size, writers, 'by each protocol something was written in the midst of a stop')
  })
}

/** What was written after the first so many; the first of each writer had been begun before. */
function begunSince(before: number, written: readonly string[]): string[] {
  const since = written.slice(before)
  const writersOf = since.map(writerOf)
  return since.filter((_, at) => writersOf.indexOf(writersOf[at]!) < at)
}

const writerOf = (content: string) => content.slice(0, content.indexOf(':'))
