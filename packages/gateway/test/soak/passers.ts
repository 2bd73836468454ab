import assert from 'node:assert/strict'
import { room } from '../faults/support/follower.ts'
import { Told, ways } from '../faults/support/ways.ts'
import { joinRoom } from '../faults/support/writing.ts'
import { http, type Target, tokenFor } from '../harness.ts'
import { ChannelListener } from '../support/channel-listener.ts'
import { MessengerClient } from '../support/messenger-client.ts'

const protocols = Object.keys(ways)

/** What a connection that has just gone leads to may take some turns of the gateway, but not thousands. */
const mostTurns = 5000

/**
 * People who come into the room and go again without end, by every protocol, and two who watch that each joins and leaves, comes online
 * and goes offline once: one by `channels`, one by `messenger`.
 */
export class Passers {
  visits = 0
  /** Everybody in the room, by the ids of members. */
  readonly members = new Told()
  /** Those of the passers who are online, by user. */
  readonly online = new Told()
  /** Rejects as soon as somebody joined twice, or left without being there. */
  readonly over: Promise<unknown>
  readonly #target: Target
  readonly #room: ChannelListener
  readonly #mail: MessengerClient
  /** The users who pass, and the ids they have as members. */
  readonly #passers: ReadonlyMap<string, string>
  readonly #passing: readonly Promise<void>[]
  #running = true
  #watching = true

  static async begin(target: Target, atOnce: number): Promise<Passers> {
    const passers = new Map<string, string>()
    for (let place = 0; place < atOnce; place++) {
      const user = `passer-${place}`
      // Who is online is told to those in the same chat.
      await joinRoom(target, user)
      const seen = await ChannelListener.connect(target, room, { bearer: tokenFor(user) })
      passers.set(user, seen.id)
      await seen.client.close()
    }
    await joinRoom(target, 'watcher')
    const listener = await ChannelListener.connect(target, room)
    return new Passers(target, listener, await MessengerClient.subscribed(target, 'watcher'), passers)
  }

  private constructor(
    target: Target,
    listener: ChannelListener,
    mail: MessengerClient,
    passers: ReadonlyMap<string, string>,
  ) {
    this.#target = target
    this.#room = listener
    this.#mail = mail
    this.#passers = passers
    for (const { clientID } of listener.greeting.payload.members) this.members.comes(clientID)
    this.#passing = [...passers.keys()].map((user, place) => this.#pass(user, place))
    this.over = Promise.all([this.#watchRoom(), this.#watchMail(), ...this.#passing])
  }

  /** Rejects when somebody is still there after everybody has gone. */
  async end(): Promise<void> {
    this.#running = false
    await Promise.all([this.#gone(), this.over])
  }

  async abandon(): Promise<void> {
    this.#running = false
    await Promise.allSettled(this.#passing)
    this.#watching = false
    await Promise.all([this.#room.client.terminate(), this.#mail.socket.terminate()])
  }

  async #gone(): Promise<void> {
    await Promise.all(this.#passing)
    for (let turn = 0; this.#left().length > 0; turn++) {
      assert.ok(turn < mostTurns, `everybody has gone, but ${this.#left().join(' and ')}`)
      await http(this.#target, 'GET', '/readyz')
    }
    await this.abandon()
  }

  #left(): string[] {
    return [...this.#passers].flatMap(([user, id]) => [
      ...(this.members.there.has(id) ? [`${user} is still said to be in the room`] : []),
      ...(this.online.there.has(user) ? [`${user} is still said to be online`] : []),
    ])
  }

  async #pass(user: string, place: number): Promise<void> {
    let visit = place
    while (this.#running) {
      const protocol = protocols[visit++ % protocols.length]!
      const client = await ways[protocol]!(this.#target, user)
      await (Math.random() < 0.5 ? client.close() : client.terminate())
      this.visits += 1
    }
  }

  async #watchRoom(): Promise<void> {
    for (;;) {
      const frame = await this.#unlessOver(this.#room.next())
      if (frame === null) return
      const { type, payload } = frame
      if (type === 'PING') this.#room.client.send({ type: 'PONG' })
      else if (type === 'PRESENCE:JOINED') this.members.comes(payload.clientID)
      else if (type === 'PRESENCE:LEFT') this.members.goes(payload.clientID)
    }
  }

  async #watchMail(): Promise<void> {
    for (;;) {
      const event = await this.#unlessOver(this.#mail.event())
      if (event === null) return
      const { eventType, payload } = event
      if (!this.#passers.has(payload?.userId)) continue
      if (eventType === 'online') this.online.comes(payload.userId)
      else if (eventType === 'offline') this.online.goes(payload.userId)
    }
  }

  /** Null when it ends because the watching has ended. */
  async #unlessOver<Frame>(frame: Promise<Frame>): Promise<Frame | null> {
    try {
      return await frame
    } catch (error) {
      if (!this.#watching) return null
      throw error
    }
  }
}
