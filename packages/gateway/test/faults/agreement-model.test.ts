import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Position } from '../../src/model/position.ts'
import { startTestGateway, type TestGateway, tokenFor } from '../harness.ts'
import { type Actor, edit, mark, newest, remove, type, write } from '../matrix/acts.ts'
import type { Speaker } from '../matrix/matrix.ts'
import { connect } from '../matrix/observers.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { TestRoom } from '../support/test-room.ts'
import { type Follower, followers, room as roomId } from './support/follower.ts'
import { holds } from './support/model.ts'
import { times } from './support/scale.ts'
import { contentsOf, emit, headOf, makeRoom, unlimited } from './support/writing.ts'

const speaker = fc.constantFrom<Speaker>('rooms', 'comms', 'channels', 'messenger')
const follower = fc.nat(Object.keys(followers).length - 1)

/** What happens in a room, by someone who speaks all protocols, to someone who comes and goes, and to those who follow. */
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), speaker }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('edit' as const, 'remove' as const), speaker }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('type' as const, 'mark' as const), speaker }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pass by' as const),
      as: fc.constantFrom('join' as const, 'kick' as const, 'ban' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lock' as const), locked: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'resume' as const), follower }) },
)
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never
const acts = fc.tuple(fc.array(act, { minLength: 1, maxLength: 25 }), fc.option(fc.nat(24), { freq: 6 }))

test('whatever is done in a room through whatever protocol, all who follow it end with the same history', async (t) => {
  const gateway = await startTestGateway(unlimited)
  t.after(() => gateway.dispose())
  await makeRoom(gateway, ['ann', 'actor'])
  const property = fc.asyncProperty(acts, ([all, restart]) => run(gateway, all, restart))
  await holds(t, 'agreement', property, times(15, 1000))
})

async function run(gateway: TestGateway, all: readonly Act[], restart: number | null): Promise<void> {
  const scene = await Scene.begin(gateway)
  for (const [at, act] of all.entries()) {
    if (at === restart) await scene.restart()
    await scene.play(act)
  }
  await scene.end()
}

let written = 0

/** The room, those who follow it, and someone who acts in it with a client of each protocol. */
class Scene {
  readonly #gateway: TestGateway
  readonly #room: TestRoom
  readonly #following: readonly Follower[]
  readonly #start: Position
  #actor: Actor

  static async begin(gateway: TestGateway): Promise<Scene> {
    const boss = { userId: 'boss', participantId: tokenFor('boss', { name: 'boss', admin: true }) }
    const room = new TestRoom(gateway, roomId, boss)
    await room.changeParticipant({ userId: 'actor', participantId: '' }, { admin: true })
    const following = Object.values(followers).map((Protocol) => new Protocol(gateway, 'ann'))
    for (const follower of following) await follower.connect()
    const scene = new Scene(gateway, room, following, await headOf(gateway), await actorIn(room))
    await emit(gateway, `begins ${written++}`)
    for (const follower of following) await follower.until(() => follower.heard.length === 1)
    return scene
  }

  private constructor(
    gateway: TestGateway,
    room: TestRoom,
    following: readonly Follower[],
    start: Position,
    actor: Actor,
  ) {
    this.#gateway = gateway
    this.#room = room
    this.#following = following
    this.#start = start
    this.#actor = actor
  }

  async play(act: Act): Promise<void> {
    switch (act.do) {
      case 'write':
        return write[act.speaker]?.(this.#actor, `message ${written++}`)
      case 'edit':
        return (await this.#canChange()) ? edit[act.speaker]?.(this.#actor, `edited ${written++}`) : undefined
      case 'remove':
        return (await this.#canChange()) ? remove[act.speaker]?.(this.#actor) : undefined
      case 'type':
        return type[act.speaker]?.(this.#actor)
      case 'mark': {
        const { number } = await newest(this.#actor)
        return mark[act.speaker]?.(this.#actor, { mark: 'read', number })
      }
      case 'pass by':
        return this.#passBy(act.as)
      case 'lock':
        return this.#room.change({ chatLocked: act.locked })
      case 'cut':
        return this.#following[act.follower]!.cut()
      case 'resume':
        return resume(this.#following[act.follower]!)
    }
  }

  async restart(): Promise<void> {
    await this.#gateway.restart()
    this.#actor = await actorIn(this.#room)
  }

  /** Everyone hears the end, and has heard what the log has; and besides only what was taken back later. */
  async end(): Promise<void> {
    await this.#room.change({ chatLocked: false })
    for (const follower of this.#following) await resume(follower)
    const last = `ends ${written++}`
    await emit(this.#gateway, last)
    const log = await contentsOf(this.#gateway, this.#start)
    const kept = new Set(log)
    for (const follower of this.#following) {
      await follower.until(() => follower.heard.at(-1) === last)
      const { protocol, heard, gaps } = follower
      assert.deepEqual([heard.filter((content) => kept.has(content)), gaps], [log, 0], protocol)
      assert.equal(new Set(heard).size, heard.length, `${protocol}: nothing twice`)
      await follower.cut()
    }
    await this.#actor.comms.terminate()
    await this.#actor.messenger.socket.terminate()
  }

  /** Whether the newest message is one of this run that is still there. */
  async #canChange(): Promise<boolean> {
    const { content } = (await newest(this.#actor)) as unknown as { content: string | null }
    return content !== null && /^(message|edited)/.test(content)
  }

  /** Somebody who joins, is kicked or banned, whether or not that changes anything now. */
  async #passBy(as: 'join' | 'kick' | 'ban'): Promise<void> {
    const path = '/participants'
    const ban = (banned: boolean) =>
      this.#room.ask(this.#room.admin, 'PATCH', `${path}/eve`, { json: { banned } })
    if (as === 'ban') await ban(true)
    else if (as === 'kick') await this.#room.ask(this.#room.admin, 'DELETE', `${path}/eve`)
    else {
      await ban(false)
      const bearer = tokenFor('eve', { name: 'eve' })
      await this.#room.ask(null, 'POST', path, { json: { name: 'eve' }, bearer })
    }
  }
}

async function actorIn(room: TestRoom): Promise<Actor> {
  const user = 'actor'
  const self = { userId: user, participantId: '' }
  return {
    user,
    room,
    comms: await connect(room, 'comms', user, self),
    messenger: new MessengerClient(await connect(room, 'messenger', user, self)),
  }
}

async function resume(follower: Follower): Promise<void> {
  await follower.cut()
  await follower.connect()
}
