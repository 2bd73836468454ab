import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTestGateway } from '../harness.ts'
import { ChannelListener } from '../support/channel-listener.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { untilFigures } from './support/figures.ts'
import { followers, room } from './support/follower.ts'
import { lacks } from './support/needs.ts'
import { waysIn } from './support/ways-in.ts'
import { emit, makeRoom, unlimited } from './support/writing.ts'

/** One figure for both, since a service has no grace but may be silent for two intervals. */
const interval = 1000
const grace = interval
/** For a busy machine. Less than an interval: whoever is given one more round than they should be is found out. */
const margin = 900
/**
 * For the listener of an event stream. All sockets of the machine are looked through for it, which takes as long as they are many; but far
 * less than the quarter of an hour until the system gives up.
 */
const patience = 10_000

/** As after a power cut: packets vanish, and nobody says that a connection is over. */
test('whoever vanishes without a word is seen to leave in time, once, in every protocol', {
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
    services: { heartbeatInterval: interval },
    // More than the margin: whoever is there until the transport gives up is found out as well.
    limits: { ...unlimited.limits, unacknowledged: grace, closeGrace: 1200 },
  })
  let clients: ChildProcess | undefined
  try {
    const users = Object.keys(followers)
    await makeRoom(gateway, ['watcher', 'silent', ...users])
    const watcher = await ChannelListener.connect(gateway, room)
    watcher.client.socket.on('message', () => watcher.client.send({ type: 'PONG' }))
    const peer = await MessengerClient.subscribed(gateway, 'watcher')
    const inRoom = new Departures(async () => {
      const { type, payload } = await watcher.next()
      return type === 'PRESENCE:LEFT' ? { gone: payload.clientID } : { said: payload.content }
    })
    const online = new Departures(async () => {
      const { eventType, payload } = await peer.event()
      return eventType === 'offline' ? { gone: payload.userId } : { said: payload.message }
    })

    const url = `http://${address}:${new URL(gateway.url).port}`
    const main = join(import.meta.dirname, 'half-open-clients.ts')
    clients = spawn('ip', ['netns', 'exec', name, process.execPath, main, url, `${interval}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(clients.stdout!, 'data')
    // Whoever is still there when this one is not is there because they answer.
    await (await waysIn.rooms(gateway, 'silent')).closed
    ip('-n', name, 'link', 'set', 'inside', 'down')
    const cutAt = performance.now()
    await emit(gateway, 'the cut')

    await inRoom.untilSaid('the cut')
    await online.untilSaid('the cut')
    assert.deepEqual(
      [inRoom.gone.length, online.gone],
      [1, ['silent']],
      'before it only the silent one has left',
    )
    await untilFigures(gateway, { services_connected: 0 })
    const beating = users.filter((user) => user !== 'stream')
    while (!beating.every((user) => online.gone.includes(user))) await online.next()
    const took = Math.round(performance.now() - cutAt)
    assert.ok(took <= interval + grace + margin, `${took} ms`)
    while (inRoom.gone.length < 5) await inRoom.next()
    while (!online.gone.includes('stream')) await online.next()
    const streamTook = Math.round(performance.now() - cutAt)
    assert.ok(streamTook <= patience, `${streamTook} ms`)
    t.diagnostic(
      `all had left ${took} ms after the cut, the listener of a stream ${streamTook} ms; interval and grace are ${interval} + ${grace} ms`,
    )

    // Not before the sockets have gone as well, which must not be taken for a second leave.
    await untilFigures(gateway, { connections: 2 })
    await emit(gateway, 'the end')
    await inRoom.untilSaid('the end')
    await online.untilSaid('the end')
    assert.equal(new Set(inRoom.gone).size, 5)
    assert.equal(inRoom.gone.length, 5, 'each leaves once')
    assert.deepEqual(online.gone.toSorted(), ['silent', ...users].toSorted())
  } finally {
    clients?.kill('SIGKILL')
    ip('netns', 'delete', name)
    await gateway.dispose()
  }
})

/** Who is said to have gone, by the frames that someone hears. */
class Departures {
  readonly gone: string[] = []
  readonly #hear: () => Promise<{ readonly gone?: string; readonly said?: string }>
  #said: string | undefined

  constructor(hear: () => Promise<{ readonly gone?: string; readonly said?: string }>) {
    this.#hear = hear
  }

  async untilSaid(content: string): Promise<void> {
    while (this.#said !== content) await this.next()
  }

  async next(): Promise<void> {
    const { gone, said } = await this.#hear()
    if (gone !== undefined) this.gone.push(gone)
    if (said !== undefined) this.#said = said
  }
}

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
