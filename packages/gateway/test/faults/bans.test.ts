import assert from 'node:assert/strict'
import { test } from 'node:test'
import { http, spawnGateway, type Target, tokenFor } from '../harness.ts'
import { type Follower, followers, room } from './support/follower.ts'
import { times } from './support/scale.ts'
import { Stream } from './support/stream.ts'
import { eventsOf, headOf, makeRoom, unlimited } from './support/writing.ts'

/** So many messages are written after someone was sent away, and after each return, before it is looked at what was heard of them. */
const atLeast = 10

const bearer = tokenFor('boss', { name: 'boss', admin: true })

const ways = {
  async ban(target: Target, user: string) {
    const path = `/api/rooms/${room}/participants/${user}`
    const { status, text } = await http(target, 'PATCH', path, { json: { banned: true }, bearer })
    assert.equal(status, 200, text)
  },
  async kick(target: Target, user: string) {
    const { status, text } = await http(target, 'DELETE', `/api/rooms/${room}/participants/${user}`, {
      bearer,
    })
    assert.equal(status, 204, text)
  },
}

/** Someone who was sent away and came back, or tried to. */
interface Victim {
  readonly follower: Follower
  /** Where the room's log stood when they came back. */
  readonly back: number
}

for (const [protocol, Protocol] of Object.entries(followers)) {
  test(`${protocol}: after a ban or a kick nothing more is heard, live or by a resume`, async (t) => {
    const gateway = await spawnGateway(unlimited)
    try {
      await makeRoom(gateway, [])
      const stream = new Stream(gateway, 8)
      const victims: Victim[] = []
      let raced = 0
      for (let round = 0; raced < times(4, 100); round++) {
        const user = `victim-${round}`
        const way = round % 2 === 0 ? 'ban' : 'kick'
        await makeRoom(gateway, [user])
        const follower = new Protocol(gateway, user)
        await follower.connect()
        await follower.until(() => follower.heard.length >= 1 + (round % 7))
        const before = stream.written
        await ways[way](gateway, user)
        // In a lull it would be no race.
        if (stream.written > before) raced += 1
        await stream.more(atLeast)
        await follower.caughtUp()
        await follower.cut()
        const back = way === 'ban' ? Number.POSITIVE_INFINITY : (await headOf(gateway)).seq
        // Whether it is refused, or let in and told of a gap: it must not hear what was written in between, nor anything while banned.
        await follower.connect().catch(() => {})
        await stream.more(atLeast)
        await follower.caughtUp()
        await follower.cut()
        victims.push({ follower, back })
      }
      await stream.end()
      const log = await placesOf(gateway)
      for (const { follower, back } of victims) {
        const { user, heard } = follower
        const out = log.sentAway.get(user)!
        for (const content of heard) {
          const place = log.messages.get(content)!
          assert.ok(place < out || place > back, `${user} was sent away at ${out} and heard ${content}`)
        }
      }
      t.diagnostic(
        `${victims.length} bans and kicks during ${stream.written} messages, ${raced} with some while they were made`,
      )
    } finally {
      await gateway.dispose()
    }
  })
}

/** Where in the log each message is, and each ban and kick. */
async function placesOf(target: Target): Promise<Record<'messages' | 'sentAway', Map<string, number>>> {
  const messages = new Map<string, number>()
  const sentAway = new Map<string, number>()
  for await (const event of eventsOf(target)) {
    if (event.kind === 'message.created') messages.set(event.message!.content, event.seq)
    else if (event.userId !== undefined) sentAway.set(event.userId, event.seq)
  }
  return { messages, sentAway }
}
