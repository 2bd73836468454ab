import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startDiscordBridge } from '../../src/bridges/discord/bridge.ts'
import { type DiscordSettings, defaultDiscordSettings } from '../../src/bridges/discord/settings.ts'
import { ManualClock } from './manual-clock.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import { StoredOutbox } from './stored-outbox.ts'
import { startWebhookServer } from './webhook-server.ts'

type Answer = Parameters<typeof startWebhookServer>[0]

type Scene = (answer?: Answer, changed?: Partial<DiscordSettings>) => ReturnType<typeof openScene>

const outboxes = {
  'in memory': async () => new MemoryOutbox(),
  'in the embedded store': () => StoredOutbox.open(),
}

/** A test of the bridge on each outbox there is. */
export function bridgeTest(says: string, run: (scene: Scene, t: TestContext) => Promise<void>): void {
  for (const [where, openOutbox] of Object.entries(outboxes)) {
    test(`${says} (${where})`, (t) =>
      run(async (answer, changed = {}) => openScene(t, await openOutbox(), answer, changed), t))
  }
}

/** A server, a bridge on the outbox, and everything the bridge logged, counted or wrote down as a reason. */
async function openScene(
  t: TestContext,
  outbox: MemoryOutbox,
  answer: Answer | undefined,
  changed: Partial<DiscordSettings>,
) {
  const server = await startWebhookServer(answer)
  const clock = new ManualClock()
  const told: unknown[] = []
  const tell = (...words: unknown[]) => void told.push(words)
  const settings = { ...defaultDiscordSettings, trustedOrigins: [server.origin], ...changed }
  const start = () =>
    startDiscordBridge({
      outbox,
      clock,
      random: { id: () => '', integer: () => 0 },
      log: { info: tell, warn: tell, error: tell },
      metrics: { count: tell, gauge: tell },
      settings,
    })
  const bridges: ReturnType<typeof start>[] = []
  const startBridge = () => {
    const bridge = start()
    bridges.push(bridge)
    return bridge
  }
  t.after(async () => {
    const stopped = Promise.all(bridges.map((bridge) => bridge.stop()))
    clock.advance(settings.timeout)
    await stopped
    await server.stop()
    for (const { deadBecause } of await outbox.dead(100)) told.push(deadBecause)
    assert.doesNotMatch(JSON.stringify(told), /secret-token/)
    await outbox.dispose()
  })
  const empty = () => outbox.until(() => outbox.waiting.length === 0)
  const asleep = async () => {
    while (clock.pending === 0) await new Promise(setImmediate)
  }
  return { server, outbox, clock, startBridge, empty, asleep, told }
}
