import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { http, startTestGateway, type Target, tokenFor } from '../harness.ts'
import { room } from './support/follower.ts'
import { times } from './support/scale.ts'
import { makeRoom, unlimited } from './support/writing.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const token = tokenFor('ann', { name: 'ann', ttl: 86_400 })
const paths = [
  `/gateway?roomId=${room}&participantId=${token}`,
  `/${room}/listen?token=${token}`,
  '/comms',
  '/messenger',
]

test('connections that come and go leave nothing behind: no socket, no timer, no memory', async (t) => {
  const gateway = await startTestGateway({
    ...unlimited,
    sessions: { resumeWindow: 0 },
    retention: { interval: 500 },
  })
  try {
    await makeRoom(gateway, ['ann'])
    const wanted = times(2000, 100_000)
    await comeAndGo(gateway, Math.floor(wanted / 2))
    const before = await settled(gateway)
    await comeAndGo(gateway, Math.ceil(wanted / 2))
    const after = await settled(gateway)
    const figures = (at: typeof before) => `${Math.round(at.heap / 1024)} kB, ${at.resources} handles`
    t.diagnostic(`${wanted} connections; after half of them ${figures(before)}, after all ${figures(after)}`)
    assert.ok(after.heap < before.heap * 1.1, 'the heap is within a tenth')
    assert.ok(after.resources <= before.resources + 2, 'no handle is left')
  } finally {
    await gateway.dispose()
  }
})

async function comeAndGo(target: Target, wanted: number): Promise<void> {
  let came = 0
  const one = async () => {
    while (came < wanted) await visit(target, paths[came++ % paths.length]!)
  }
  await Promise.all(Array.from({ length: 20 }, one))
}

/** Opens a WebSocket, and breaks it when something has come back. Bytes only: a client library would cost more than the gateway. */
function visit(target: Target, path: string): Promise<void> {
  const { port } = new URL(target.url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
          `Authorization: Bearer ${token}\r\n\r\n`,
      )
    })
    socket.once('data', (bytes) => {
      assert.match(bytes.toString('latin1'), /^HTTP\/1.1 101/)
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve())
  })
}

/** What there is once the gateway has noticed that everyone has gone. */
async function settled(target: Target): Promise<{ heap: number; resources: number }> {
  for (;;) {
    const { text } = await http(target, 'GET', '/metrics')
    const gone = /^parlance_connections 0$/m.test(text) && /^parlance_rooms_attended 0$/m.test(text)
    if (gone) break
  }
  collectGarbage()
  collectGarbage()
  return { heap: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo().length }
}
