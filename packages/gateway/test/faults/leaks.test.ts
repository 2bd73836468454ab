import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startTestGateway, type Target } from '../harness.ts'
import { ChannelListener } from '../support/channel-listener.ts'
import { untilFigures } from './support/figures.ts'
import { room } from './support/follower.ts'
import { times } from './support/scale.ts'
import { visit } from './support/visits.ts'
import { makeRoom, unlimited } from './support/writing.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Everyone who visits at the same time is somebody else, so that each joins and leaves. */
const users = Array.from({ length: 20 }, (_, place) => `visitor-${place}`)
/** One visitor in so many comes in, by every protocol in turn; the others break off at the door, which is cheaper. */
const oneIn = times(1, 5)
/** How long what is kept for those who come back may take to go, in milliseconds: far more than the time it is kept for. */
const patience = 20_000

test('connections that come and go leave nothing behind: no socket, no timer, no session, no memory', async (t) => {
  const gateway = await startTestGateway({
    ...unlimited,
    sessions: { resumeWindow: 300 },
    retention: { interval: 200 },
  })
  try {
    await makeRoom(gateway, users)
    const idle = handles()
    const wanted = times(1000, 100_000)
    await comeAndGo(gateway, Math.floor(wanted / 2))
    const before = await settled(gateway, idle)
    await comeAndGo(gateway, Math.ceil(wanted / 2))
    const after = await settled(gateway, idle)
    t.diagnostic(
      `${wanted} connections; the heap after half of them ${before} kB, after all ${after} kB; ` +
        `handles when idle ${idle}, after all ${handles()}`,
    )
    assert.ok(after < before * 1.1, 'the heap is within a tenth')
    const { greeting, client } = await ChannelListener.connect(gateway, room)
    assert.equal(greeting.payload.members.length, 0, 'nobody is in the room')
    await client.close()

    await gateway.stop()
    const store = new DatabaseSync(join(gateway.data, 'parlance.db'))
    const held = store.prepare('SELECT id FROM sessions WHERE owner IS NOT NULL').all()
    store.close()
    assert.equal(held.length, 0, 'no session waits for a connection that has gone')
  } finally {
    await gateway.dispose()
  }
})

async function comeAndGo(target: Target, wanted: number): Promise<void> {
  let came = 0
  const one = async (user: string) => {
    while (came < wanted) {
      const number = came++
      await visit(target, user, number, number % oneIn === 0)
    }
  }
  await Promise.all(users.map(one))
}

/** The heap in kB, once the gateway has noticed that everyone has gone, and forgotten what it keeps for those who come back. */
async function settled(target: Target, idle: number): Promise<number> {
  await untilFigures(target, {
    connections: 0,
    rooms_attended: 0,
    inboxes_followed: 0,
    services_connected: 0,
    service_events_waiting: 0,
    outbound_backlog_bytes: 0,
  })
  const deadline = performance.now() + patience
  // What the questions above and the upkeep of the moment hold is no leak.
  const most = idle + 4
  while (handles() > most && performance.now() < deadline) await pause(50)
  assert.ok(handles() <= most, `${handles()} handles, and ${idle} when idle`)
  collectGarbage()
  collectGarbage()
  return Math.round(process.memoryUsage().heapUsed / 1024)
}

/** Sockets, timers and the like that this process has. */
function handles(): number {
  return process.getActiveResourcesInfo().length
}
