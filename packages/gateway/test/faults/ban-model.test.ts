import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { http, startTestGateway, type Target, tokenFor } from '../harness.ts'
import { type Follower, followers, room } from './support/follower.ts'
import { holds, seldom } from './support/model.ts'
import { times } from './support/scale.ts'
import { contentsOf, emit, headOf, makeRoom, unlimited } from './support/writing.ts'

type Step = 'write' | 'cut' | 'connect' | 'ban' | 'pardon'

const steps = fc.array(fc.constantFrom<Step>('write', 'write', 'cut', 'connect', 'ban', 'pardon'), {
  minLength: 1,
  maxLength: 14,
})
/** Restarts take a while. */
const acts = fc.tuple(steps, seldom(fc.nat(8), 40))

const boss = tokenFor('boss', { name: 'boss', admin: true, ttl: 86_400 })

const user = 'victim'
let written = 0

describe('whoever is banned, there or away, hears nothing of that time while it lasts, live or by a resume', {
  concurrency: true,
}, () => {
  for (const [protocol, Protocol] of Object.entries(followers)) {
    it(protocol, async (t) => {
      const gateway = await startTestGateway(unlimited)
      t.after(() => gateway.dispose())
      await makeRoom(gateway, [user])
      const property = fc.asyncProperty(acts, async ([all, restart]) => {
        const follower = new Protocol(gateway, user)
        const start = await headOf(gateway)
        await follower.connect()
        let banned = false
        const forbidden = new Set<string>()
        for (const [at, step] of all.entries()) {
          if (at === restart) await gateway.restart()
          if (step === 'cut') await follower.cut()
          else if (step === 'connect') await reconnect(follower)
          else if (step === 'write') {
            const content = `message ${written++}`
            if (banned) forbidden.add(content)
            await emit(gateway, content)
          } else {
            // What it has not read by now of the time before the ban it may still read.
            banned = step === 'ban'
            await setBanned(gateway, banned)
            if (!banned) forbidden.clear()
          }
          if (banned)
            assert.deepEqual(
              follower.heard.filter((content) => forbidden.has(content)),
              [],
            )
        }
        if (banned) await emit(gateway, [...forbidden.add(`message ${written++}`)].at(-1)!)
        await reconnect(follower)
        if (!banned) {
          const last = `message ${written++}`
          await emit(gateway, last)
          await follower.until(() => follower.heard.at(-1) === last)
        }
        await follower.cut()
        assert.deepEqual(
          follower.heard.filter((content) => forbidden.has(content)),
          [],
        )
        if (banned) await setBanned(gateway, false)
        const places = new Map((await contentsOf(gateway, start)).map((content, place) => [content, place]))
        const heard = follower.heard.map((content) => places.get(content) ?? -1)
        assert.deepEqual(
          heard,
          [...new Set(heard)].sort((a, b) => a - b),
          'nothing twice, all in order',
        )
      })
      await holds(t, `ban ${protocol}`, property, times(6, 200))
    })
  }
})

/** Whether it is refused, or let in and told that something is missing, is for its protocol to say. */
async function reconnect(follower: Follower): Promise<void> {
  await follower.cut()
  await follower.connect().catch(() => {})
}

async function setBanned(target: Target, banned: boolean): Promise<void> {
  const { status, text } = await http(target, 'PATCH', `/api/rooms/${room}/participants/${user}`, {
    json: { banned },
    bearer: boss,
  })
  assert.equal(status, 200, text)
}
