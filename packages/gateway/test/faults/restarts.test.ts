import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { spawnGateway, type TestProcess } from '../harness.ts'
import { Crowd } from './support/crowd.ts'
import { BreakingProxy } from './support/proxy.ts'
import { times } from './support/scale.ts'
import { unlimited } from './support/writing.ts'

/** Ends the gateway again and again while people write and follow, each time after a while that nobody can foresee. */
async function underLoad(rounds: number, end: (gateway: TestProcess) => Promise<void>): Promise<Crowd> {
  const gateway = await spawnGateway(unlimited)
  const proxy = await BreakingProxy.before(gateway.url)
  let crowd: Crowd | undefined
  try {
    crowd = await Crowd.gather(proxy, 4, 1)
    for (let round = 0; round < rounds; round++) {
      await pause(Math.random() * 250)
      const ended = end(gateway)
      crowd.reachable = ended
      await ended
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

test('what was acknowledged survives kill -9, once, and everyone hears it, whenever it comes', async (t) => {
  const kills = times(5, 200)
  const { written, failures } = await underLoad(kills, (gateway) => gateway.crash())
  t.diagnostic(
    `${kills} kills, ${written.length} messages acknowledged, ${failures} attempts in vain, 0 lost`,
  )
})

test('a planned stop under load loses and doubles nothing, and ends well every time', async (t) => {
  const stops = times(4, 20)
  const { written, failures } = await underLoad(stops, async (gateway) => {
    const exit = await gateway.restart()
    assert.deepEqual(exit, { code: 0, signal: null })
  })
  t.diagnostic(
    `${stops} stops, ${written.length} messages acknowledged, ${failures} attempts in vain, 0 lost`,
  )
})
