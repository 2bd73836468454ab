import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { startTestGateway, type Target } from '../harness.ts'
import { ChannelListener } from '../support/channel-listener.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { room } from './support/follower.ts'
import { holds, seldom } from './support/model.ts'
import { times } from './support/scale.ts'
import { Told, type Visitor, ways } from './support/ways.ts'
import { emit, makeRoom, unlimited } from './support/writing.ts'

const users = ['ann', 'bob', 'cat']

/** Somebody comes by some protocol, or one of those who are there goes, politely or not; at once with what follows, or before it. */
const step = fc.record({
  user: fc.constantFrom(...users),
  protocol: fc.constantFrom(...Object.keys(ways)),
  leaves: fc.boolean(),
  politely: fc.boolean(),
  waits: fc.boolean(),
})
/** Restarts take a while. */
const acts = fc.tuple(fc.array(step, { minLength: 1, maxLength: 14 }), seldom(fc.nat(8), 60))

describe('presence', () => {
  it('is one join and one leave, and one online and one offline, for each user, whatever their connections do', async (t) => {
    const gateway = await startTestGateway(unlimited)
    t.after(() => gateway.dispose())
    await makeRoom(gateway, [...users, 'watcher'])
    let watcher = await Watcher.begin(gateway)
    const property = fc.asyncProperty(acts, async ([steps, restart]) => {
      let open: { user: string; protocol: string; client: Promise<Visitor> }[] = []
      const going: Promise<unknown>[] = []
      for (const [at, { user, protocol, leaves, politely, waits }] of steps.entries()) {
        if (at === restart) {
          // Whoever has yet to come in, if only to leave, would be told of the stop instead.
          await Promise.all([...open.map(({ client }) => client), ...going])
          await gateway.restart()
          watcher = await Watcher.begin(gateway)
          open = []
        }
        const place = open.findIndex((one) => one.user === user)
        if (leaves && place >= 0) {
          const [leaving] = open.splice(place, 1)
          const gone = leaving!.client.then((client) => (politely ? client.close() : client.terminate()))
          going.push(gone)
          if (waits) await gone
        } else if (!leaves) {
          const client = ways[protocol]!(gateway, user)
          open.push({ user, protocol, client })
          if (waits) await client
        }
      }
      const clients = await Promise.all(open.map(({ client }) => client))
      await Promise.all(going)
      const here = new Set(open.filter(({ protocol }) => protocol !== 'messenger').map(({ user }) => user))
      await watcher.agrees(here.size, new Set(open.map(({ user }) => user)))
      for (const client of clients) client.terminate()
      await watcher.agrees(0, new Set())
    })
    await holds(t, 'presence', property, times(25, 2000))
  })
})

/** Who is told of everybody: who is in the room, by `channels`, and who is online, by `messenger`. */
class Watcher {
  readonly #target: Target
  readonly #room: ChannelListener
  readonly #mail: MessengerClient
  readonly #here = new Told()
  readonly #online = new Told()

  static async begin(target: Target): Promise<Watcher> {
    const watcher = new Watcher(
      target,
      await ChannelListener.connect(target, room),
      await MessengerClient.subscribed(target, 'watcher'),
    )
    assert.deepEqual(watcher.#room.greeting.payload.members, [], 'nobody outlives the gateway')
    return watcher
  }

  private constructor(target: Target, listener: ChannelListener, mail: MessengerClient) {
    this.#target = target
    this.#room = listener
    this.#mail = mail
  }

  /**
   * Resolves when, by all it was told so far, so many are in the room and these are online; whatever it was told must have changed
   * something. What a connection that has just gone leads to may take some turns of the gateway, but not thousands.
   */
  async agrees(here: number, online: ReadonlySet<string>): Promise<void> {
    for (let turns = 0; turns < 2000; turns++) {
      await this.#hear()
      if (this.#here.there.size === here && this.#online.there.symmetricDifference(online).size === 0) return
    }
    assert.fail(
      `told of ${this.#here.there.size} in the room, not ${here}; of ${[...this.#online.there]} online, not ${[...online]}`,
    )
  }

  async #hear(): Promise<void> {
    await emit(this.#target, 'until here')
    for (let frame = await this.#room.next(); frame.type !== 'DATA'; frame = await this.#room.next()) {
      const { type, payload } = frame
      if (type === 'PRESENCE:JOINED') this.#here.comes(payload.clientID)
      else if (type === 'PRESENCE:LEFT') this.#here.goes(payload.clientID)
    }
    for (const { eventType, payload } of await this.#mail.eventsSoFar()) {
      if (eventType === 'online') this.#online.comes(payload.userId)
      else if (eventType === 'offline') this.#online.goes(payload.userId)
    }
  }
}
