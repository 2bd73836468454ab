import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTestGateway } from '../harness.ts'
import { ChannelListener } from '../support/channel-listener.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { lacks } from './support/needs.ts'
import { makeRoom, unlimited } from './support/writing.ts'

const interval = 600
const grace = 600

/** As after a power cut: packets vanish, and nobody says that a connection is over. */
test('whoever vanishes without a word is seen to leave, once, in every protocol', {
  skip: lacks('ip'),
}, async (t) => {
  const { name, address, ip } = network()
  const gateway = await startTestGateway({
    ...unlimited,
    host: '0.0.0.0',
    rooms: { ...unlimited.rooms, heartbeatInterval: interval, heartbeatGrace: grace },
    comms: { heartbeatInterval: interval, grace },
    channels: { pingInterval: interval, pongTimeout: grace },
    messenger: { pingInterval: interval, pongTimeout: grace },
    limits: { ...unlimited.limits, unacknowledged: grace },
  })
  try {
    await makeRoom(gateway, ['watcher', 'rooms', 'comms', 'channels', 'stream', 'messenger'])
    const watcher = await ChannelListener.connect(gateway, 'lobby')
    const peer = await MessengerClient.subscribed(gateway, 'watcher')
    watcher.client.socket.on('message', () => watcher.client.send({ type: 'PONG' }))

    const url = `http://${address}:${new URL(gateway.url).port}`
    const clients = spawn(
      'ip',
      ['netns', 'exec', name, process.execPath, join(import.meta.dirname, 'half-open-clients.ts'), url],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(clients.stdout, 'data')
    ip('-n', name, 'link', 'set', 'inside', 'down')
    const cutAt = performance.now()

    const left = new Set<string>()
    while (left.size < 4) {
      const { payload } = await watcher.until('PRESENCE:LEFT')
      assert.ok(!left.has(payload.clientID), 'each leaves once')
      left.add(payload.clientID)
    }
    const offline = new Set<string>()
    while (offline.size < 5) {
      const { eventType, payload } = await peer.event()
      if (eventType !== 'offline') continue
      assert.ok(!offline.has(payload.userId), 'each goes offline once')
      offline.add(payload.userId)
    }
    assert.deepEqual([...offline].sort(), ['channels', 'comms', 'messenger', 'rooms', 'stream'])
    const took = Math.round(performance.now() - cutAt)
    t.diagnostic(`all had left ${took} ms after the cut; interval and grace are ${interval} + ${grace} ms`)
    clients.kill('SIGKILL')
    await once(clients, 'close')
  } finally {
    ip('netns', 'delete', name)
    await gateway.dispose()
  }
})

/** A network of its own, joined to this one by a cable whose far end is called `inside`. */
function network() {
  const ip = (...args: string[]) => execFileSync('ip', args)
  const number = process.pid % 250
  const name = `parlance-${process.pid}`
  const cable = `parl${process.pid}`
  const address = `10.213.${number}.1`
  ip('netns', 'add', name)
  ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'inside', 'netns', name)
  ip('addr', 'add', `${address}/24`, 'dev', cable)
  ip('link', 'set', cable, 'up')
  ip('-n', name, 'addr', 'add', `10.213.${number}.2/24`, 'dev', 'inside')
  ip('-n', name, 'link', 'set', 'inside', 'up')
  return { name, address, ip }
}
