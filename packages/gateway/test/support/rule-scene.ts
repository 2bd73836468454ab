import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Act, ActBody } from '../../src/model/act.ts'
import type { Message } from '../../src/model/message.ts'
import type { Actor, Participant } from '../../src/model/participant.ts'
import { Problem, type ProblemCode } from '../../src/model/problem.ts'
import { defaultSettings, type Room } from '../../src/model/room.ts'
import { decide } from '../../src/model/rules/decide.ts'
import type { Decision, Facts } from '../../src/model/rules/facts.ts'

/** When the room was made and last active, and when acts happen. */
export const created = 1_000
export const now = 2_000

export const publicRoom: Room = {
  ...defaultSettings,
  id: 'general',
  access: 'public',
  creatorId: null,
  incarnation: 'first',
  createdAt: created,
  lastActiveAt: created,
  passwordHash: null,
}
export const membersRoom: Room = { ...publicRoom, access: 'members', creatorId: 'ann' }

export const ann: Actor = { userId: 'ann', name: 'Ann from her token', admin: false }
export const root: Actor = { userId: 'root', name: 'Root', admin: true }

export function participant(userId: string, extra: Partial<Participant> = {}): Participant {
  return {
    userId,
    name: `Name of ${userId}`,
    color: '#123456',
    admin: false,
    banned: false,
    joinedSeq: 3,
    ...extra,
  }
}

export const member = participant('ann')
export const admin = participant('ann', { admin: true })
export const banned = participant('ann', { banned: true })
export const bannedAdmin = participant('ann', { admin: true, banned: true })

export function written(authorId: string, extra: Partial<Message> = {}): Message {
  return {
    id: 40,
    number: 4,
    authorId,
    authorName: 'Somebody',
    authorAdmin: false,
    content: 'old',
    sentAt: created,
    editedAt: null,
    deletedAt: null,
    ...extra,
  }
}

/** A members' room that Ann is in, after seven events and five messages, unless it is said otherwise. */
export function facts(extra: Partial<Facts> = {}): Facts {
  return {
    room: membersRoom,
    head: { seq: 7, number: 5 },
    nextMessageId: 100,
    actor: member,
    subject: null,
    message: null,
    activeParticipants: 2,
    nameTaken: false,
    ...extra,
  }
}

/** Judges Ann's act, unless it is another's. */
export function judge(body: ActBody, given: Partial<Facts> = {}, extra: Partial<Act> = {}): Decision {
  return decide({ id: 'evt_1', room: 'general', actor: ann, at: now, body, ...extra }, facts(given))
}

/** One refusal: when it is, what is wanted, what is the case, with which code; and who acts, if not Ann. */
export type Refusal = readonly [
  says: string,
  body: ActBody,
  given: Partial<Facts>,
  code: ProblemCode,
  extra?: Partial<Act>,
]

export function testRefusals(rows: readonly Refusal[]): void {
  for (const [says, body, given, code, extra] of rows) {
    test(`${body.kind} is refused ${says}`, () => {
      assert.throws(
        () => judge(body, given, extra),
        (error) => error instanceof Problem && error.code === code,
      )
    })
  }
}
