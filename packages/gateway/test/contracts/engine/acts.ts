import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Act, ActBody, NewParticipant } from '../../../src/model/act.ts'
import type { DurableEvent } from '../../../src/model/event.ts'
import type { Actor } from '../../../src/model/participant.ts'
import { Problem, type ProblemCode } from '../../../src/model/problem.ts'
import { defaultSettings, type RoomSettings } from '../../../src/model/room.ts'
import type { Engine, Outcome } from '../../../src/ports/engine.ts'

export const ann: Actor = { userId: 'ann', name: 'Ann', admin: false }
export const bob: Actor = { userId: 'bob', name: 'Bob', admin: false }
/** The time of acts that do not say. */
export const noon = 1_800_000_000_000

/** Ann's act in the room `general`, unless it is said otherwise. */
export function act(body: ActBody, extra: Partial<Act> = {}): Act {
  return {
    id: `evt_${randomBytes(12).toString('base64url')}`,
    room: 'general',
    actor: ann,
    at: noon,
    body,
    ...extra,
  }
}

export function message(content: string): ActBody {
  return { kind: 'message.create', content }
}

export function data(payload: string, targets?: readonly string[]): ActBody {
  return { kind: 'data.emit', payload, ...(targets && { targets }) }
}

export function ensure(incarnation = 'first'): ActBody {
  return { kind: 'room.ensure', incarnation }
}

export function person(userId: string, credentialHash: string | null = null): NewParticipant {
  return { userId, name: `Name of ${userId}`, color: '#123456', credentialHash }
}

/** A members' room whose admin is Ann. */
export function create(settings: Partial<RoomSettings> = {}): ActBody {
  return {
    kind: 'room.create',
    access: 'members',
    incarnation: 'first',
    settings: { ...defaultSettings, ...settings },
    passwordHash: null,
    creator: person('ann', 'hash of ann'),
  }
}

export function join(userId: string, credentialHash: string | null = null): ActBody {
  return { kind: 'participant.join', joiner: person(userId, credentialHash), asAdmin: false }
}

/** Commits one after the other. */
export async function commitAll(engine: Engine, acts: readonly Act[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const one of acts) outcomes.push(await engine.commit(one))
  return outcomes
}

/** A public room `general` with that many messages, `1`, `2`, `3`… */
export async function roomWithMessages(engine: Engine, count: number): Promise<DurableEvent[]> {
  const outcomes = await Promise.all(
    [ensure(), ...Array.from({ length: count }, (_, i) => message(String(i + 1)))].map((body) =>
      engine.commit(act(body)),
    ),
  )
  return outcomes.slice(1).map(eventOf)
}

export function eventOf({ event }: Outcome): DurableEvent {
  assert(event, 'the act should have led to an event')
  return event
}

export async function refused(promise: Promise<unknown>, code: ProblemCode): Promise<Problem> {
  const problem = await promise.then(
    () => assert.fail(`should have been refused with ${code}`),
    (error: unknown) => error,
  )
  assert(problem instanceof Problem, String(problem))
  assert.equal(problem.code, code)
  return problem
}
