import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  admin,
  banned,
  judge,
  membersRoom,
  now,
  participant,
  publicRoom,
  root,
  testRefusals,
} from '../../../test/support/rule-scene.ts'
import type { ActBody, NewParticipant } from '../act.ts'
import { dialogId } from '../dialog.ts'
import { defaultSettings, type Room } from '../room.ts'

const person = (userId: string): NewParticipant => ({
  userId,
  name: userId,
  color: '#abcdef',
  credentialHash: null,
})
const openDialog: ActBody = { kind: 'dialog.open', incarnation: 'new', pair: [person('ann'), person('bob')] }
const wrongOrder: ActBody = { ...openDialog, pair: [person('bob'), person('ann')] }
const withOneself: ActBody = { ...openDialog, pair: [person('ann'), person('ann')] }
const inviteBob: ActBody = { kind: 'participant.invite', invitee: person('bob') }
const inviteAnn: ActBody = { kind: 'participant.invite', invitee: person('ann') }
const leave: ActBody = { kind: 'participant.leave' }

const id = dialogId('ann', 'bob')
const dialog: Room = { ...membersRoom, id, dialog: ['ann', 'bob'] }
const noRoom = { room: null, actor: null }

testRefusals([
  ['under any other id', openDialog, noRoom, 'invalid_request'],
  ['with the pair in the other order', wrongOrder, noRoom, 'invalid_request', { room: id }],
  ['with oneself', withOneself, noRoom, 'invalid_request', { room: id }],

  ['when there is no such room', inviteBob, { room: null }, 'unknown_room'],
  ['to a stranger', inviteBob, { actor: null }, 'not_a_member'],
  ['to who is banned', inviteBob, { actor: banned }, 'banned'],
  ['into a dialog', inviteBob, { room: dialog }, 'forbidden'],
  ['of another into a public room', inviteBob, { room: publicRoom }, 'forbidden'],
  ['of who is banned', inviteBob, { subject: participant('bob', { banned: true }) }, 'banned'],
  ['into a locked room', inviteBob, { room: { ...membersRoom, roomLocked: true } }, 'room_locked'],
  ['into a full room', inviteBob, { room: { ...membersRoom, maxParticipants: 2 } }, 'room_full'],

  ['to a stranger', leave, { actor: null }, 'not_a_member'],
  ['to who is banned', leave, { actor: banned }, 'banned'],
  ['of a dialog', leave, { room: dialog }, 'forbidden'],
])

test('a dialog is a locked, lasting room for its two users', () => {
  const room: Room = {
    ...defaultSettings,
    id,
    access: 'members',
    roomLocked: true,
    maxParticipants: 2,
    dialog: ['ann', 'bob'],
    lasting: true,
    creatorId: 'ann',
    incarnation: 'new',
    createdAt: now,
    lastActiveAt: now,
    passwordHash: null,
  }
  const entered = (userId: string) => [
    {
      kind: 'participant.put',
      participant: participant(userId, { name: userId, color: '#abcdef', joinedSeq: 0 }),
      credentialHash: null,
    },
    { kind: 'inbox.open', userId },
  ]
  assert.deepEqual(judge(openDialog, noRoom, { room: id }), {
    event: null,
    changes: [{ kind: 'room.put', room }, ...entered('ann'), ...entered('bob')],
    room,
  })
})

test('opening a dialog that is there changes nothing', () => {
  assert.deepEqual(judge(openDialog, { room: dialog }, { room: id }), {
    event: null,
    changes: [],
    room: dialog,
  })
})

test('a member lets another in, with what comes from now on', () => {
  const bob = participant('bob', { name: 'bob', color: '#abcdef', joinedSeq: 7 })
  assert.deepEqual(judge(inviteBob), {
    event: null,
    changes: [
      { kind: 'participant.put', participant: bob, credentialHash: null },
      { kind: 'inbox.open', userId: 'bob' },
    ],
    room: membersRoom,
    participant: bob,
  })
})

test('an admin lets others into a locked room', () => {
  const room = { ...membersRoom, roomLocked: true }
  assert.equal(judge(inviteBob, { room, actor: admin }).participant?.userId, 'bob')
  assert.equal(judge(inviteBob, { room, actor: null }, { actor: root }).participant?.userId, 'bob')
})

test('everyone enters a public room by themselves', () => {
  assert.equal(judge(inviteAnn, { room: publicRoom, actor: null }).participant?.userId, 'ann')
})

test('a name that is taken is told apart by the user id', () => {
  assert.equal(judge(inviteBob, { nameTaken: true }).participant?.name, 'bob (bob)')
})

test('letting in who is in opens their inbox and changes nothing else', () => {
  const subject = participant('bob')
  const room = { ...membersRoom, roomLocked: true, maxParticipants: 1 }
  assert.deepEqual(judge(inviteBob, { room, subject }), {
    event: null,
    changes: [{ kind: 'inbox.open', userId: 'bob' }],
    room,
    participant: subject,
  })
})

test('leaving looks like being put out', () => {
  assert.deepEqual(judge(leave), {
    event: { kind: 'participant.kicked', userId: 'ann' },
    changes: [{ kind: 'participant.remove', userId: 'ann' }],
    room: membersRoom,
  })
})
