import assert from 'node:assert/strict'
import { type Target, tokenFor } from '../../harness.ts'
import { EventStream } from '../../support/event-stream.ts'
import { room } from './follower.ts'
import { waysIn } from './ways-in.ts'

/** Somebody who is there, and goes: politely, or as when the network breaks. */
export interface Visitor {
  close(): unknown
  terminate(): unknown
}

/** How each protocol lets somebody come; it resolves when they are there. */
export const ways: Readonly<Record<string, (target: Target, user: string) => Promise<Visitor>>> = {
  rooms: waysIn.rooms,
  comms: waysIn.comms,
  channels: waysIn.channels,
  stream: async (target, user) => {
    const authorization = `Bearer ${tokenFor(user)}`
    const stream = await EventStream.open(`${target.url}/${room}/listen`, { authorization })
    await stream.next()
    return { close: () => stream.close(), terminate: () => stream.close() }
  },
  // Shows its user online, but in no room.
  messenger: waysIn.messenger,
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
