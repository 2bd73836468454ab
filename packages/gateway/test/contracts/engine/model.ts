import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Act, ActBody } from '../../../src/model/act.ts'
import { type Actor, anonymous } from '../../../src/model/participant.ts'
import type { Position } from '../../../src/model/position.ts'
import { Problem } from '../../../src/model/problem.ts'
import type { Engine, Outcome } from '../../../src/ports/engine.ts'
import { act, create, data, ensure, eventOf, join, message, person } from './acts.ts'
import { Reference } from './reference.ts'
import type { EngineTest } from './suite.ts'

/** What is done to the engine in one turn: acts given at once, or a restart. */
type Step = { readonly acts: readonly Act[] } | 'reopen'

/** A position that the engine gave, and the history it belongs to. */
interface Given {
  readonly room: string
  readonly position: Position
  readonly incarnation: string
}

const rooms = ['one', 'other']
const users = ['ann', 'bob', 'cat']
const actors: Actor[] = [
  ...users.map((userId) => ({ userId, name: `Name of ${userId}`, admin: false })),
  { userId: 'dan', name: 'Dan', admin: true },
  anonymous,
]

const userId = fc.constantFrom(...users)
const number = fc.integer({ min: 1, max: 3 })
const content = fc.string({ maxLength: 5, unit: 'binary' })
const incarnation = fc.string({ minLength: 8, maxLength: 8, unit: fc.constantFrom(...'abcdef0123') })

const common: fc.Arbitrary<ActBody> = fc.oneof(
  content.map(message),
  fc.tuple(fc.json(), fc.option(fc.uniqueArray(userId))).map(([json, ids]) => data(json, ids ?? undefined)),
)
const aboutRooms: fc.Arbitrary<ActBody> = fc.oneof(
  incarnation.map(ensure),
  fc.tuple(incarnation, userId).map(([name, creator]) => ({
    ...(create({ maxParticipants: 3 }) as ActBody & { kind: 'room.create' }),
    incarnation: name,
    creator: person(creator),
  })),
  fc.boolean().map((chatLocked) => ({ kind: 'room.update' as const, changes: { chatLocked } })),
  fc.boolean().map((roomLocked) => ({ kind: 'room.update' as const, changes: { roomLocked } })),
  fc.constant({ kind: 'room.close' as const, reason: 'done' }),
)
const aboutPeople: fc.Arbitrary<ActBody> = fc.oneof(
  userId.map((id) => join(id)),
  userId.map((id) => ({ kind: 'participant.kick' as const, userId: id })),
  userId.map((id) => ({ kind: 'participant.invite' as const, invitee: person(id) })),
  fc.constant({ kind: 'participant.leave' as const }),
  fc
    .tuple(userId, fc.record({ admin: fc.boolean(), banned: fc.boolean() }, { requiredKeys: [] }))
    .map(([id, changes]) => ({ kind: 'participant.change' as const, userId: id, changes })),
)
const aboutMessages: fc.Arbitrary<ActBody> = fc.oneof(
  fc.tuple(number, content).map(([n, text]) => ({ kind: 'message.edit' as const, number: n, content: text })),
  number.map((n) => ({ kind: 'message.delete' as const, number: n })),
  fc
    .tuple(fc.constantFrom('read' as const, 'delivered' as const), number)
    .map(([mark, upTo]) => ({ kind: 'receipts.mark' as const, mark, upTo })),
)

const oneAct: fc.Arbitrary<Act> = fc
  .record({
    room: fc.constantFrom(...rooms),
    actor: fc.constantFrom(...actors),
    key: fc.option(fc.constantFrom('k', 'l'), { freq: 8 }),
    body: fc.oneof(
      { arbitrary: fc.oneof(common, aboutMessages), weight: 4 },
      { arbitrary: aboutPeople, weight: 3 },
      { arbitrary: aboutRooms, weight: 1 },
    ),
  })
  .map(({ body, key, ...rest }) => act(body, { ...rest, ...(key !== null && { key }) }))

/** A room of each class, so that not all is refused for want of one. */
const beginning: Step = {
  acts: [act(ensure(), { room: 'one' }), act(create({ maxParticipants: 3 }), { room: 'other' })],
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.array(oneAct, { minLength: 1, maxLength: 12 }).map((acts) => ({ acts })), weight: 20 },
  { arbitrary: fc.constant('reopen' as const), weight: 1 },
)

export function modelContract(test: EngineTest): void {
  test('whatever is done, it is as the rules say, and every position replays what came after', async (under) => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        run += 1
        const inRun = (name: string) => `${name} ${run}`
        const reference = new Reference((await lastMessageId(under.engine)) + 1)
        const given: Given[] = []
        for (const one of [beginning, ...steps]) {
          if (one === 'reopen') {
            await under.reopen()
          } else {
            const acts = one.acts.map((each) => apart(each, inRun))
            await commitLike(reference, under.engine, acts)
          }
          for (const room of rooms) given.push(...(await positionOf(under.engine, reference, inRun(room))))
        }
        await compare(reference, under.engine, rooms.map(inRun), given)
      }),
      { numRuns: 100 },
    )
  })
}

/** Each run has rooms and keys of its own, as all share a store. */
function apart({ key, ...rest }: Act, inRun: (name: string) => string): Act {
  return { ...rest, room: inRun(rest.room), ...(key !== undefined && { key: inRun(key) }) }
}

/** Message ids are the gateway's: the reference goes on where the engine is. */
async function lastMessageId(engine: Engine): Promise<number> {
  await engine.commit(act(ensure(), { room: 'probe' }))
  const { body } = eventOf(await engine.commit(act(message('x'), { room: 'probe' })))
  assert(body.kind === 'message.created')
  return body.message.id
}

async function commitLike(reference: Reference, engine: Engine, acts: readonly Act[]): Promise<void> {
  const outcomes = await Promise.allSettled(acts.map((one) => engine.commit(one)))
  for (const [index, one] of acts.entries()) {
    assert.deepEqual(
      settled(outcomes[index]!),
      expected(() => reference.commit(one)),
      JSON.stringify(one),
    )
  }
}

function settled(outcome: PromiseSettledResult<Outcome>): unknown {
  if (outcome.status === 'rejected') return (outcome.reason as Problem).code
  const { mailing: _, ...rest } = outcome.value
  return rest
}

function expected(commit: () => Outcome): unknown {
  try {
    return commit()
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

async function positionOf(engine: Engine, reference: Reference, room: string): Promise<Given[]> {
  const position = await engine.log.head(room)
  const kept = reference.rooms.get(room)
  assert.equal(position?.seq, kept?.events.length)
  if (position === null || kept === undefined) return []
  return [{ room, position, incarnation: kept.room.incarnation }]
}

async function compare(
  reference: Reference,
  engine: Engine,
  ids: readonly string[],
  given: readonly Given[],
): Promise<void> {
  for (const { room, position, incarnation: history } of given) {
    const sameHistory = reference.rooms.get(room)?.room.incarnation === history
    const replay = await engine.log.since(room, position, 1000)
    assert.deepEqual(replay?.events, sameHistory ? reference.since(room, position.seq) : undefined)
  }
  for (const id of ids) {
    const kept = reference.rooms.get(id)
    assert.deepEqual(await engine.rooms.get(id), kept?.room ?? null)
    const sorted = [...(kept?.participants.values() ?? [])].sort(byUserId)
    assert.deepEqual((await engine.rooms.participants(id)).sort(byUserId), sorted)
    const messages = [...(kept?.messages.values() ?? [])].reverse()
    assert.deepEqual(await engine.messages.page(id, null, 1000), messages)
  }
}

function byUserId(one: { userId: string }, other: { userId: string }): number {
  return one.userId < other.userId ? -1 : 1
}
