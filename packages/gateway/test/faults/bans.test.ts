import assert from 'node:assert/strict'
import { test } from 'node:test'
import { http, spawnGateway, type Target, tokenFor } from '../harness.ts'
import { type Follower, followers, room } from './support/follower.ts'
import { times } from './support/scale.ts'
import { emit, eventsOf, makeRoom, unlimited } from './support/writing.ts'

const boss = tokenFor('boss', { name: 'boss', admin: true })

async function ban(target: Target, user: string): Promise<void> {
  const { status, text } = await http(target, 'PATCH', `/api/rooms/${room}/participants/${user}`, {
    json: { banned: true },
    bearer: boss,
  })
  assert.equal(status, 200, text)
}

for (const [protocol, Protocol] of Object.entries(followers)) {
  test(`${protocol}: after a ban nothing more is heard, live or by a resume`, async (t) => {
    const gateway = await spawnGateway(unlimited)
    try {
      const running = { yes: true }
      let written = 0
      await makeRoom(gateway, [])
      const writers = Array.from({ length: 4 }, async () => {
        while (running.yes) await emit(gateway, `${written++}`)
      })
      const banned: Follower[] = []
      for (let round = 0; round < times(3, 100); round++) {
        const user = `victim-${round}`
        await makeRoom(gateway, [user])
        const follower = new Protocol(gateway, user)
        await follower.connect()
        await follower.until(() => follower.heard.length >= 1 + (round % 7))
        await ban(gateway, user)
        await emit(gateway, `after the ban of ${user}`)
        await follower.cut()
        // Whether it is refused or let in and told of a gap: it must not hear anything of this room.
        await follower.connect().catch(() => {})
        await emit(gateway, `after the return of ${user}`)
        await follower.cut()
        banned.push(follower)
      }
      running.yes = false
      await Promise.all(writers)
      const log = await placesOf(gateway)
      for (const { user, heard } of banned) {
        const ban = log.bans.get(user)!
        for (const content of heard) {
          assert.ok(log.messages.get(content)! < ban, `${user} was banned at ${ban} and heard ${content}`)
        }
      }
      t.diagnostic(`${banned.length} bans during ${written} messages`)
    } finally {
      await gateway.dispose()
    }
  })
}

/** Where in the log each message is, and each ban. */
async function placesOf(target: Target): Promise<Record<'messages' | 'bans', Map<string, number>>> {
  const messages = new Map<string, number>()
  const bans = new Map<string, number>()
  for await (const event of eventsOf(target)) {
    if (event.kind === 'message.created') messages.set(event.message!.content, event.seq)
    if (event.kind === 'participant.changed') bans.set(event.userId!, event.seq)
  }
  return { messages, bans }
}
