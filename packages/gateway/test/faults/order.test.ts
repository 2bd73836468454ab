import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { spawnGateway } from '../harness.ts'
import { Crowd } from './support/crowd.ts'
import { BreakingProxy } from './support/proxy.ts'
import { times } from './support/scale.ts'
import { unlimited } from './support/writing.ts'

test('eight writers, fifty followers who come and go, in all protocols: one order for everyone, without gap or double', async (t) => {
  const gateway = await spawnGateway(unlimited)
  const proxy = await BreakingProxy.before(gateway.url)
  const enough = times(400, 20_000)
  let crowd: Crowd | undefined
  try {
    crowd = await Crowd.gather(proxy, 8, 10)
    let breaks = 0
    while (crowd.written.length < enough) {
      const follower = crowd.followers[Math.floor(Math.random() * crowd.followers.length)]!
      await follower.cut()
      breaks += 1
      await pause(Math.random() * 20)
    }
    await crowd.settle()
    t.diagnostic(`${crowd.written.length} messages, ${crowd.followers.length} followers, ${breaks} breaks`)
  } finally {
    await crowd?.abandon()
    await proxy.close()
    await gateway.dispose()
  }
})
