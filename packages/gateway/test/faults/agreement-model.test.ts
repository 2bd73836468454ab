import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Position } from '../../src/model/position.ts'
import { http, startTestGateway, type TestGateway, tokenFor } from '../harness.ts'
import { edit, mark, newest, remove, type, write } from '../matrix/acts.ts'
import { speakers } from '../matrix/matrix.ts'
import { TestRoom } from '../support/test-room.ts'
import { Cast, passBy } from './support/cast.ts'
import { type Follower, followers, room as roomId, said } from './support/follower.ts'
import { holds, seldom } from './support/model.ts'
import { long, times } from './support/scale.ts'
import { emit, eventsOf, headOf, makeRoom, unlimited } from './support/writing.ts'

/** What is done in the room, each through every protocol that can do it. */
const doings = {
  write: speakers,
  edit: ['rooms', 'messenger'],
  delete: ['rooms', 'comms', 'messenger'],
  type: ['comms', 'messenger'],
  mark: ['messenger'],
  join: speakers,
  kick: ['rooms'],
  ban: ['rooms', 'comms'],
  lock: ['rooms'],
  unlock: ['rooms'],
} as const
type Doing = keyof typeof doings
type Speaker = (typeof speakers)[number]

const weights: Partial<Record<Doing, number>> = { write: 12, edit: 4, delete: 4 }
const follower = fc.nat(Object.keys(followers).length - 1)

type Act =
  | { readonly do: Doing; readonly through: Speaker }
  | { readonly do: 'cut' | 'resume'; readonly follower: number }

const act: fc.Arbitrary<Act> = fc.oneof(
  ...(Object.keys(doings) as Doing[]).map((doing) => ({
    weight: weights[doing] ?? 2,
    arbitrary: fc.constantFrom<Speaker>(...doings[doing]).map((through) => ({ do: doing, through })),
  })),
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'resume' as const), follower }) },
)
const acts = fc.tuple(fc.array(act, { minLength: 1, maxLength: 30 }), seldom(fc.nat(24), 8))

test('whatever is done in a room through whatever protocol, all who follow it end with the same history', async (t) => {
  const gateway = await startTestGateway(unlimited)
  t.after(() => gateway.dispose())
  await makeRoom(gateway, ['ann', 'actor', 'reader'])
  // A message elsewhere sets the ids of messages, which the gateway counts, apart from their numbers in this room.
  await http(gateway, 'POST', '/elsewhere/emit', { json: { content: 'x' } })
  const counts = new Map<string, number>()
  const property = fc.asyncProperty(acts, async ([all, restart]) => {
    const scene = await Scene.begin(gateway, counts)
    for (const [at, act] of all.entries()) {
      if (at === restart) await scene.restart()
      await scene.play(act)
    }
    await scene.end()
  })
  await holds(t, 'agreement', property, times(12, 1000))
  t.diagnostic(
    [...counts]
      .sort()
      .map((count) => count.join(': '))
      .join(', '),
  )
  if (!long) return
  for (const [doing, through] of Object.entries(doings)) {
    for (const speaker of through) assert.ok(counts.has(`${doing} (${speaker})`), `${doing} by ${speaker}`)
  }
})

let written = 0

/** The room, those who follow it, and those who act in it with a client of each protocol. */
class Scene {
  readonly #gateway: TestGateway
  readonly #room: TestRoom
  readonly #following: readonly Follower[]
  readonly #start: Position
  readonly #counts: Map<string, number>
  #cast: Cast

  static async begin(gateway: TestGateway, counts: Map<string, number>): Promise<Scene> {
    const boss = {
      userId: 'boss',
      participantId: tokenFor('boss', { name: 'boss', admin: true, ttl: 86_400 }),
    }
    const room = new TestRoom(gateway, roomId, boss)
    await room.changeParticipant({ userId: 'actor', participantId: '' }, { admin: true })
    const following = Object.values(followers).map((Protocol) => new Protocol(gateway, 'ann'))
    for (const follower of following) await follower.connect()
    const scene = new Scene(gateway, room, following, await headOf(gateway), counts, await Cast.enter(room))
    await emit(gateway, `begins ${written++}`)
    for (const follower of following) await follower.until(() => follower.heard.length === 1)
    return scene
  }

  private constructor(
    gateway: TestGateway,
    room: TestRoom,
    following: readonly Follower[],
    start: Position,
    counts: Map<string, number>,
    cast: Cast,
  ) {
    this.#gateway = gateway
    this.#room = room
    this.#following = following
    this.#start = start
    this.#counts = counts
    this.#cast = cast
  }

  async play(act: Act): Promise<void> {
    if ('through' in act) {
      if ((act.do === 'edit' || act.do === 'delete') && !(await this.#canChange())) return
      await this.#act(act.do, act.through)
      return this.#count(act.do, act.through)
    }
    const follower = this.#following[act.follower]!
    await (act.do === 'cut' ? follower.cut() : resume(follower))
    this.#count(act.do, follower.protocol)
  }

  async restart(): Promise<void> {
    await this.#gateway.restart()
    this.#cast = await Cast.enter(this.#room)
    this.#count('restart', 'gateway')
  }

  /** Everyone hears the end, and has heard what the log has; and besides only what was taken back later. */
  async end(): Promise<void> {
    await this.#room.change({ chatLocked: false })
    for (const follower of this.#following) await resume(follower)
    const last = `ends ${written++}`
    await emit(this.#gateway, last)
    const log = await historyOf(this.#gateway, this.#start)
    for (const follower of this.#following) {
      await follower.until(() => follower.heard.at(-1) === last)
      const { protocol, story, gaps } = follower
      const expected = log.map((words) => words[protocol]).filter((word) => word !== undefined)
      const kept = new Set(expected)
      assert.deepEqual([story.filter((word) => kept.has(word)), gaps], [expected, 0], protocol)
      assert.equal(new Set(story).size, story.length, `${protocol}: nothing twice`)
      await follower.cut()
    }
    await this.#cast.leave()
  }

  async #act(doing: Doing, through: Speaker): Promise<void> {
    const { actor, reader } = this.#cast
    switch (doing) {
      case 'write':
        return write[through]!(actor, `message ${written++}`)
      case 'edit':
        return edit[through]!(actor, `edited ${written++}`)
      case 'delete':
        return remove[through]!(actor)
      case 'type':
        return type[through]!(actor)
      case 'mark':
        return mark[through]!(reader, { mark: 'read', number: (await newest(reader)).number })
      case 'join':
        return passBy[through](this.#room)
      case 'kick':
        return this.#cast.kick()
      case 'ban':
        return through === 'comms' ? this.#cast.banFromGateway(`stranger ${written++}`) : this.#cast.ban()
      case 'lock':
      case 'unlock':
        return this.#room.change({ chatLocked: doing === 'lock' })
    }
  }

  /** Whether the newest message is one of this run that is still there. */
  async #canChange(): Promise<boolean> {
    const { content } = await newest(this.#cast.actor)
    return content !== null && /^(message|edited)/.test(content)
  }

  #count(act: string, by: string): void {
    const what = `${act} (${by})`
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }
}

/** What each protocol says of what the log has, from a position on. */
async function historyOf(gateway: TestGateway, from: Position): Promise<Partial<Record<string, string>>[]> {
  const all: Partial<Record<string, string>>[] = []
  for await (const { kind, message } of eventsOf(gateway, from)) {
    if (kind === 'message.created') {
      const word = said.created(message!.content)
      all.push(Object.fromEntries([...hearNew, ...hearEdits].map((protocol) => [protocol, word])))
    } else if (kind === 'message.edited') {
      const word = said.edited(message!.content)
      all.push(Object.fromEntries(hearEdits.map((protocol) => [protocol, word])))
    } else if (kind === 'message.deleted') {
      const word = said.deleted(message!.id)
      const byId = ['comms', 'channels', 'channels, event stream'].map((protocol) => [protocol, word])
      all.push({ ...Object.fromEntries(byId), messenger: said.deleted(message!.number) })
    }
  }
  return all
}

const hearNew = ['rooms', 'comms']
const hearEdits = ['channels', 'channels, event stream', 'messenger']

async function resume(follower: Follower): Promise<void> {
  await follower.cut()
  await follower.connect()
}
