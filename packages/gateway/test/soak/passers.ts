import assert from 'node:assert/strict'
import { room } from '../faults/support/follower.ts'
import { connectChannels, connectRooms, http, type SocketClient, type Target, tokenFor } from '../harness.ts'
import { ChannelListener } from '../support/channel-listener.ts'
import { CommsClient } from '../support/comms-client.ts'

/** Ways into the room; each resolves when the client is in. */
const ways: readonly ((target: Target, user: string) => Promise<SocketClient>)[] = [
  async (target, user) => {
    const client = await connectRooms(target, { roomId: room, participantId: tokenFor(user) })
    await client.next()
    return client
  },
  async (target, user) => (await CommsClient.join(target, user)).socket,
  async (target, user) => {
    const client = await connectChannels(target, room, { bearer: tokenFor(user) })
    await client.next()
    return client
  },
]

/** People who come into the room and go again without end, and someone who watches that each joins and leaves once. */
export class Passers {
  visits = 0
  readonly #target: Target
  readonly #watcher: ChannelListener
  readonly #watching: Promise<void>
  readonly #passing: Promise<void>[]
  readonly #there = new Set<string>()
  #running = true

  static async begin(target: Target, atOnce: number): Promise<Passers> {
    return new Passers(target, await ChannelListener.connect(target, room), atOnce)
  }

  private constructor(target: Target, watcher: ChannelListener, atOnce: number) {
    this.#target = target
    this.#watcher = watcher
    for (const { clientID } of watcher.greeting.payload.members) this.#there.add(clientID)
    this.#watching = this.#watch()
    // Told by `end`; until then it must not count as unhandled.
    this.#watching.catch(() => {})
    this.#passing = Array.from({ length: atOnce }, (_, place) => this.#pass(place))
  }

  /** Rejects when someone joined twice, or left without being there, or is still there. */
  async end(): Promise<void> {
    this.#running = false
    await Promise.all(this.#passing)
    await http(this.#target, 'POST', `/${room}/emit`, { json: { end: true } })
    await this.#watching
  }

  async #pass(place: number): Promise<void> {
    let visit = 0
    while (this.#running) {
      const client = await ways[(place + visit) % ways.length]!(this.#target, `passer-${place}`)
      await (visit % 2 === 0 ? client.close() : client.terminate())
      visit += 1
      this.visits += 1
    }
  }

  async #watch(): Promise<void> {
    for (;;) {
      const { type, payload } = await this.#watcher.next()
      if (type === 'PING') this.#watcher.client.send({ type: 'PONG' })
      else if (type === 'DATA' && payload.end === true) return
      else if (type === 'PRESENCE:JOINED') {
        assert.ok(!this.#there.has(payload.clientID), `${payload.clientID} joined twice`)
        this.#there.add(payload.clientID)
      } else if (type === 'PRESENCE:LEFT') {
        assert.ok(this.#there.delete(payload.clientID), `${payload.clientID} left without being there`)
      }
    }
  }
}
