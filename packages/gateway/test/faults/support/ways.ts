import assert from 'node:assert/strict'
import { connectChannels, connectRooms, type Target, tokenFor } from '../../harness.ts'
import { CommsClient } from '../../support/comms-client.ts'
import { EventStream } from '../../support/event-stream.ts'
import { MessengerClient } from '../../support/messenger-client.ts'
import { room } from './follower.ts'

/** Somebody who is there, and goes: politely, or as when the network breaks. */
export interface Visitor {
  close(): unknown
  terminate(): unknown
}

/** How each protocol lets somebody come; it resolves when they are there. */
export const ways: Readonly<Record<string, (target: Target, user: string) => Promise<Visitor>>> = {
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
  stream: async (target, user) => {
    const authorization = `Bearer ${tokenFor(user)}`
    const stream = await EventStream.open(`${target.url}/${room}/listen`, { authorization })
    await stream.next()
    return { close: () => stream.close(), terminate: () => stream.close() }
  },
  // Shows its user online, but in no room.
  messenger: async (target, user) => (await MessengerClient.subscribed(target, user)).socket,
}

/** Who is there, by what somebody was told: each coming and going must change something. */
export class Told {
  readonly there = new Set<string>()
  comings = 0
  goings = 0

  comes(who: string): void {
    assert.ok(!this.there.has(who), `${who} came, but was there`)
    this.there.add(who)
    this.comings += 1
  }

  goes(who: string): void {
    assert.ok(this.there.delete(who), `${who} went, but was not there`)
    this.goings += 1
  }
}
