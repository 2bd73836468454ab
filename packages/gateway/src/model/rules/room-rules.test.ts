import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  admin,
  bannedAdmin,
  created,
  judge,
  membersRoom,
  now,
  participant,
  publicRoom,
  root,
  testRefusals,
} from '../../../test/support/rule-scene.ts'
import type { ActBody } from '../act.ts'
import { dialogId } from '../dialog.ts'
import { defaultSettings, type Room } from '../room.ts'

const hour = 3_600_000
const ensure: ActBody = { kind: 'room.ensure', incarnation: 'new' }
const creator = { userId: 'ann', name: 'Ann', color: '#abcdef', credentialHash: 'hash' }
const create = {
  kind: 'room.create',
  access: 'members',
  incarnation: 'new',
  settings: { ...defaultSettings, name: 'Hall', maxParticipants: 2 },
  passwordHash: 'secret hash',
  creator,
} as const satisfies ActBody
const update: ActBody = { kind: 'room.update', changes: { chatLocked: true } }
const close: ActBody = { kind: 'room.close', reason: 'done' }
const dialog = dialogId('ann', 'bob')

testRefusals([
  ['under the id of a dialog', ensure, { room: null }, 'unknown_room', { room: dialog }],
  ['when the room is there', create, {}, 'room_exists'],
  ['under the id of a dialog', create, { room: null }, 'reserved_name', { room: dialog }],
  [
    'with more members than it takes',
    { ...create, members: [creator, creator] },
    { room: null },
    'room_full',
  ],
  ['to a member', update, {}, 'forbidden'],
  ['to a stranger', update, { actor: null }, 'not_a_member'],
  ['to an admin who is banned', update, { actor: bannedAdmin }, 'banned'],
  ['to a visitor of a public room', update, { room: publicRoom, actor: null }, 'forbidden'],
  ['to a member', close, {}, 'forbidden'],
  ['to a stranger', close, { actor: null }, 'not_a_member'],
])

test('ensuring a room makes a public one with the defaults, and no event', () => {
  const room: Room = {
    ...defaultSettings,
    id: 'general',
    access: 'public',
    creatorId: null,
    incarnation: 'new',
    createdAt: now,
    lastActiveAt: now,
    passwordHash: null,
  }
  const decision = judge(ensure, { room: null })
  assert.deepEqual(decision, { event: null, changes: [{ kind: 'room.put', room }], room })
})

test('ensuring a room that is there changes nothing', () => {
  for (const room of [publicRoom, membersRoom]) {
    assert.deepEqual(judge(ensure, { room }), { event: null, changes: [], room })
  }
})

test('a public room that is entered is marked as in use, at most once an hour', () => {
  const at = created + hour
  assert.deepEqual(judge(ensure, { room: publicRoom }, { at: at - 1 }).changes, [])
  const room = { ...publicRoom, lastActiveAt: at }
  assert.deepEqual(judge(ensure, { room: publicRoom }, { at }), {
    event: null,
    changes: [{ kind: 'room.put', room }],
    room,
  })
  assert.deepEqual(judge(ensure, { room: membersRoom }, { at }).changes, [])
})

test('who creates a room is its first admin', () => {
  const room: Room = {
    ...create.settings,
    id: 'general',
    access: 'members',
    creatorId: 'ann',
    incarnation: 'new',
    createdAt: now,
    lastActiveAt: now,
    passwordHash: 'secret hash',
  }
  const first = participant('ann', { name: 'Ann', color: '#abcdef', admin: true, joinedSeq: 0 })
  assert.deepEqual(judge(create, { room: null, actor: null, head: { seq: 0, number: 0 } }), {
    event: null,
    changes: [
      { kind: 'room.put', room },
      { kind: 'participant.put', participant: first, credentialHash: 'hash' },
    ],
    room,
    participant: first,
  })
})

test('members named at creation are plain participants whose inboxes are open', () => {
  const bob = { ...creator, userId: 'bob', name: 'Bob', credentialHash: null }
  const { changes, room } = judge({ ...create, members: [bob], lasting: true }, { room: null })
  assert.equal(room.lasting, true)
  assert.deepEqual(changes.slice(2), [
    {
      kind: 'participant.put',
      participant: participant('bob', { name: 'Bob', color: '#abcdef', joinedSeq: 0 }),
      credentialHash: null,
    },
    { kind: 'inbox.open', userId: 'bob' },
  ])
})

test('an admin of the room or of the gateway changes its settings, and only what is new is told', () => {
  const wanted: ActBody = {
    kind: 'room.update',
    changes: { chatLocked: true, roomLocked: false, name: null },
  }
  const room = { ...membersRoom, chatLocked: true }
  const expected = {
    event: { kind: 'room.updated', changes: { chatLocked: true } },
    changes: [{ kind: 'room.put', room }],
    room,
  }
  assert.deepEqual(judge(wanted, { actor: admin }), expected)
  assert.deepEqual(judge(wanted, { actor: null }, { actor: root }), expected)
})

test('settings that are so already lead to nothing', () => {
  const changes = { chatLocked: false, name: undefined } as unknown as { chatLocked: boolean }
  const decision = judge({ kind: 'room.update', changes }, { actor: admin })
  assert.deepEqual(decision, { event: null, changes: [], room: membersRoom })
})

test('an admin closes the room', () => {
  for (const [actor, by] of [[admin, undefined] as const, [null, { actor: root }] as const]) {
    assert.deepEqual(judge(close, { actor }, by), {
      event: { kind: 'room.closed', reason: 'done' },
      changes: [{ kind: 'room.remove' }],
      room: membersRoom,
    })
  }
})

test('a room that is closed for having gone unwritten stays when something was written since', () => {
  const idle = (idleSince: number): ActBody => ({ kind: 'room.close', reason: 'idle', idleSince })
  const { lastActiveAt } = membersRoom
  assert.deepEqual(judge(idle(lastActiveAt), { actor: admin }), {
    event: null,
    changes: [],
    room: membersRoom,
  })
  assert.deepEqual(judge(idle(lastActiveAt + 1), { actor: admin }).changes, [{ kind: 'room.remove' }])
})
