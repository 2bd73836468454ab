import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { http, startTestGateway, type Target, tokenFor } from '../harness.ts'
import { type Follower, followers, room } from './support/follower.ts'
import { holds, seldom } from './support/model.ts'
import { times } from './support/scale.ts'
import { contentsOf, emit, headOf, joinRoom, makeRoom, unlimited } from './support/writing.ts'

type Step = 'write' | 'cut' | 'connect' | 'kick' | 'ban' | 'pardon'

const steps = fc.array(fc.constantFrom<Step>('write', 'write', 'cut', 'connect', 'kick', 'ban', 'pardon'), {
  minLength: 1,
  maxLength: 14,
})
/** Restarts take a while. */
const acts = fc.tuple(steps, seldom(fc.nat(8), 40))

const bearer = tokenFor('boss', { name: 'boss', admin: true, ttl: 86_400 })

const user = 'victim'
const path = `/api/rooms/${room}/participants/${user}`
let written = 0

/** Somebody who follows the room, and is sent away and comes back. */
class Victim {
  readonly follower: Follower
  readonly #target: Target
  /** What was written while they were banned, or after a kick until they came back. */
  readonly #hidden = new Set<string>()
  banned = false
  #kicked = false
  /** A gap is due after they were sent away, and may be told until they have heard so much: in `comms` that alone tells where one is now. */
  #excusedUntil = 0

  constructor(target: Target, follower: Follower) {
    this.#target = target
    this.follower = follower
  }

  readonly steps: Readonly<Record<Step, () => Promise<unknown>>> = {
    write: () => this.write(),
    cut: () => this.follower.cut(),
    connect: () => this.connect(),
    kick: () => this.#kick(),
    ban: () => this.setBanned(true),
    pardon: () => this.setBanned(false),
  }

  async write(): Promise<string> {
    const content = `message ${written++}`
    if (this.banned || this.#kicked) this.#hidden.add(content)
    await emit(this.#target, content)
    return content
  }

  /** Whether it is refused, or let in and told that something is missing, is for its protocol to say. */
  async connect(): Promise<void> {
    await this.follower.cut()
    if (this.banned) return this.follower.connect().catch(() => {})
    // Not every protocol lets in who is no participant any more.
    if (this.#kicked) await joinRoom(this.#target, user)
    const { gaps } = this.follower
    await this.follower.connect()
    const { heard } = this.follower
    if (heard.length > this.#excusedUntil)
      assert.equal(this.follower.gaps, gaps, 'nothing is missing without a reason')
    this.#kicked = false
    this.#excusedUntil = Math.min(this.#excusedUntil, heard.length)
  }

  async setBanned(banned: boolean): Promise<void> {
    const { status, text } = await http(this.#target, 'PATCH', path, { json: { banned }, bearer })
    assert.ok(status === 200 || (this.#kicked && !banned && status === 404), text)
    // Whoever is banned is a participant afterwards, also who was kicked before.
    if (this.banned && !banned) this.#kicked = false
    this.banned = banned
    if (banned) this.#excusedUntil = Number.POSITIVE_INFINITY
  }

  async #kick(): Promise<void> {
    const { status, text } = await http(this.#target, 'DELETE', path, { bearer })
    assert.equal(status, this.banned ? 404 : 204, text)
    this.#kicked ||= !this.banned
    this.#excusedUntil = Number.POSITIVE_INFINITY
  }

  checkHidden(): void {
    assert.deepEqual(
      this.follower.heard.filter((content) => this.#hidden.has(content)),
      [],
    )
  }
}

describe('whoever is banned or kicked, there or away, hears nothing of that time, live or by a resume, then or later', {
  concurrency: true,
}, () => {
  for (const [protocol, Protocol] of Object.entries(followers)) {
    it(protocol, async (t) => {
      const gateway = await startTestGateway(unlimited)
      t.after(() => gateway.dispose())
      await makeRoom(gateway, [user])
      const property = fc.asyncProperty(acts, async ([all, restart]) => {
        const start = await headOf(gateway)
        const follower = new Protocol(gateway, user)
        await follower.connect()
        const victim = new Victim(gateway, follower)
        for (const [at, step] of all.entries()) {
          if (at === restart) await gateway.restart()
          await victim.steps[step]()
          victim.checkHidden()
        }
        if (victim.banned) await victim.write()
        await victim.connect()
        if (!victim.banned) {
          const last = await victim.write()
          await follower.until(() => follower.heard.at(-1) === last)
        }
        await follower.cut()
        victim.checkHidden()
        if (victim.banned) await victim.setBanned(false)
        await joinRoom(gateway, user)
        const places = new Map((await contentsOf(gateway, start)).map((content, place) => [content, place]))
        const heard = follower.heard.map((content) => places.get(content) ?? -1)
        assert.deepEqual(
          heard,
          [...new Set(heard)].sort((a, b) => a - b),
          'nothing twice, all in order',
        )
      })
      await holds(t, `ban ${protocol}`, property, times(6, 400))
    })
  }
})
