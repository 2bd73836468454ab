import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  admin,
  banned,
  bannedAdmin,
  judge,
  member,
  membersRoom,
  participant,
  publicRoom,
  root,
  testRefusals,
} from '../../../test/support/rule-scene.ts'
import type { ActBody } from '../act.ts'
import type { ParticipantChanges } from '../event.ts'

const joiner = { userId: 'cat', name: 'Cat', color: '#abcdef', credentialHash: 'hash' }
const join: ActBody = { kind: 'participant.join', joiner, asAdmin: false }
const bob = participant('bob')
const bannedBob = participant('bob', { banned: true })

function change(userId: string, changes: ParticipantChanges): ActBody {
  return { kind: 'participant.change', userId, changes }
}

function kick(userId: string): ActBody {
  return { kind: 'participant.kick', userId }
}

testRefusals([
  ['when there is no such room', join, { room: null }, 'unknown_room'],
  ['to who is banned', join, { subject: participant('cat', { banned: true }) }, 'banned'],
  ['when the room is locked', join, { room: { ...membersRoom, roomLocked: true } }, 'room_locked'],
  ['when the room is full', join, { room: { ...membersRoom, maxParticipants: 2 } }, 'room_full'],
  ['when the name is taken', join, { nameTaken: true }, 'name_taken'],

  ["to a member, of another's colour", change('bob', { color: '#000000' }), { subject: bob }, 'forbidden'],
  ['to a member, of who is admin', change('ann', { admin: true }), { subject: member }, 'forbidden'],
  ['to a member, of a ban', change('ann', { banned: false }), { subject: member }, 'forbidden'],
  [
    'to who is banned, of the own colour',
    change('ann', { color: '#000000' }),
    { actor: banned, subject: banned },
    'banned',
  ],
  [
    'to an admin who is banned',
    change('bob', { admin: true }),
    { actor: bannedAdmin, subject: bob },
    'banned',
  ],
  ['to a stranger', change('bob', { admin: true }), { actor: null, subject: bob }, 'not_a_member'],
  ['for nobody', change('bob', { admin: true }), { actor: admin }, 'unknown_user'],
  ['to a stranger, of the own colour', change('ann', { color: '#000000' }), { actor: null }, 'unknown_user'],
  [
    'for a visitor of a public room who is to be admin',
    change('bob', { admin: true }),
    { room: publicRoom, actor: admin },
    'unknown_user',
  ],
  [
    'for a visitor of a public room who was not banned',
    change('bob', { banned: false }),
    { room: publicRoom, actor: admin },
    'unknown_user',
  ],
  ["for a stranger to a members' room", change('bob', { banned: true }), { actor: admin }, 'unknown_user'],

  ['to a member', kick('bob'), { subject: bob }, 'forbidden'],
  ['to a stranger', kick('bob'), { actor: null, subject: bob }, 'forbidden'],
  ['to an admin who is banned', kick('bob'), { actor: bannedAdmin, subject: bob }, 'forbidden'],
  ["for a stranger to a members' room", kick('bob'), { actor: admin }, 'unknown_user'],
  [
    'for who is banned, and so already out',
    kick('bob'),
    { actor: admin, subject: bannedBob },
    'unknown_user',
  ],
])

test('who joins has what came from now on', () => {
  for (const asAdmin of [false, true]) {
    const cat = participant('cat', { name: 'Cat', color: '#abcdef', admin: asAdmin, joinedSeq: 7 })
    assert.deepEqual(judge({ kind: 'participant.join', joiner, asAdmin }, { actor: null }), {
      event: null,
      changes: [{ kind: 'participant.put', participant: cat, credentialHash: 'hash' }],
      room: membersRoom,
      participant: cat,
    })
  }
})

test('joining again gives a new credential and keeps the rest, whatever the room has come to', () => {
  const cat = participant('cat', { joinedSeq: 1 })
  const room = { ...membersRoom, roomLocked: true, maxParticipants: 1 }
  assert.deepEqual(judge(join, { room, subject: cat, nameTaken: true }), {
    event: null,
    changes: [{ kind: 'participant.put', participant: cat, credentialHash: 'hash' }],
    room,
    participant: cat,
  })
})

test('joining again with the password makes an admin, and without it takes nothing away', () => {
  const asAdmin: ActBody = { kind: 'participant.join', joiner, asAdmin: true }
  assert.equal(judge(asAdmin, { subject: participant('cat') }).participant?.admin, true)
  assert.equal(judge(join, { subject: participant('cat', { admin: true }) }).participant?.admin, true)
})

test('everyone changes their own colour, and an admin everything', () => {
  const rows = [
    [member, 'ann', member, { color: '#000000' }],
    [admin, 'bob', bob, { color: '#000000' }],
    [admin, 'bob', bob, { admin: true }],
    [admin, 'bob', bob, { banned: true }],
    [admin, 'bob', bannedBob, { banned: false }],
    [admin, 'ann', admin, { admin: false }],
  ] as const
  for (const [actor, userId, subject, changes] of rows) {
    const changed = { ...subject, ...changes }
    assert.deepEqual(judge(change(userId, changes), { actor, subject }), {
      event: { kind: 'participant.changed', userId, changes },
      changes: [{ kind: 'participant.put', participant: changed }],
      room: membersRoom,
      participant: changed,
    })
  }
})

test('what is so already is not told', () => {
  const wanted = change('bob', { admin: false, color: '#123456' })
  const decision = judge(wanted, { actor: admin, subject: bob })
  assert.deepEqual(decision, { event: null, changes: [], room: membersRoom, participant: bob })
  const { event } = judge(change('bob', { admin: true, color: '#123456' }), { actor: admin, subject: bob })
  assert.deepEqual(event, { kind: 'participant.changed', userId: 'bob', changes: { admin: true } })
})

test('nobody has to have joined a public room to be banned from it', () => {
  const { event, participant: stranger } = judge(
    change('bob', { banned: true }),
    { room: publicRoom, actor: null },
    { actor: root },
  )
  assert.deepEqual(event, { kind: 'participant.changed', userId: 'bob', changes: { banned: true } })
  assert.deepEqual(
    stranger,
    participant('bob', { name: 'bob', color: '#808080', banned: true, joinedSeq: 7 }),
  )
})

test('a kick takes the record, and a guest of a public room has none', () => {
  assert.deepEqual(judge(kick('bob'), { actor: admin, subject: bob }), {
    event: { kind: 'participant.kicked', userId: 'bob' },
    changes: [{ kind: 'participant.remove', userId: 'bob' }],
    room: membersRoom,
  })
  assert.deepEqual(judge(kick('bob'), { room: publicRoom, actor: null }, { actor: root }), {
    event: { kind: 'participant.kicked', userId: 'bob' },
    changes: [],
    room: publicRoom,
  })
})
