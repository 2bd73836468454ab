import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  connectChannels,
  connectRooms,
  type SocketClient,
  startTestGateway,
  type Target,
  tokenFor,
} from '../harness.ts'
import { ChannelListener } from '../support/channel-listener.ts'
import { CommsClient } from '../support/comms-client.ts'
import { room } from './support/follower.ts'
import { holds } from './support/model.ts'
import { times } from './support/scale.ts'
import { emit, makeRoom, unlimited } from './support/writing.ts'

const users = ['ann', 'bob', 'cat']

const enter: Readonly<Record<string, (target: Target, user: string) => Promise<SocketClient>>> = {
  rooms: async (target, user) => {
    const client = await connectRooms(target, { roomId: room, participantId: tokenFor(user) })
    await client.next()
    return client
  },
  comms: async (target, user) => (await CommsClient.join(target, user)).socket,
  channels: async (target, user) => {
    const client = await connectChannels(target, room, { bearer: tokenFor(user) })
    await client.next()
    return client
  },
}

/** Somebody comes by some protocol, or one of those who are there goes, politely or not; at once with what follows, or before it. */
const step = fc.record({
  user: fc.constantFrom(...users),
  protocol: fc.constantFrom(...Object.keys(enter)),
  leaves: fc.boolean(),
  politely: fc.boolean(),
  waits: fc.boolean(),
})

describe('presence', () => {
  it('is one join and one leave for each user, whatever their connections do', async (t) => {
    const gateway = await startTestGateway(unlimited)
    t.after(() => gateway.dispose())
    await makeRoom(gateway, users)
    const watcher = await ChannelListener.connect(gateway, room)
    const seen = new Set<string>()
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const open: { user: string; client: Promise<SocketClient> }[] = []
      for (const { user, protocol, leaves, politely, waits } of steps) {
        const at = open.findIndex((one) => one.user === user)
        if (leaves && at >= 0) {
          const [leaving] = open.splice(at, 1)
          const gone = leaving!.client.then((socket) => (politely ? socket.close() : socket.terminate()))
          if (waits) await gone
        } else if (!leaves) {
          const client = enter[protocol]!(gateway, user)
          open.push({ user, client })
          if (waits) await client
        }
      }
      const there = new Set(open.map(({ user }) => user))
      const clients = await Promise.all(open.map(({ client }) => client))
      await agree(watcher, gateway, seen, there.size)
      for (const client of clients) await client.terminate()
      await agree(watcher, gateway, seen, 0)
    })
    await holds(t, 'presence', property, times(25, 1500))
  })
})

/** Resolves when, by all joins and leaves so far, so many are there; each of them must change something. */
async function agree(
  watcher: ChannelListener,
  target: Target,
  there: Set<string>,
  expected: number,
): Promise<void> {
  do {
    await emit(target, 'until here')
    for (let frame = await watcher.next(); frame.type !== 'DATA'; frame = await watcher.next()) {
      const { type, payload } = frame
      if (type === 'PRESENCE:JOINED') {
        assert.ok(!there.has(payload.clientID), 'who joins was not there')
        there.add(payload.clientID)
      } else if (type === 'PRESENCE:LEFT') {
        assert.ok(there.delete(payload.clientID), 'who leaves was there')
      }
    }
  } while (there.size !== expected)
}
