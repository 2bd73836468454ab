import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  banned,
  judge,
  membersRoom,
  now,
  publicRoom,
  testRefusals,
} from '../../../test/support/rule-scene.ts'
import type { ActBody } from '../act.ts'
import { anonymous } from '../participant.ts'
import type { Mark, Marks } from '../receipt.ts'

const authors = [{ userId: 'bob', highest: 3 }]

function mark(which: Mark, upTo: number): ActBody {
  return { kind: 'receipts.mark', mark: which, upTo }
}

function marked(marks: Marks, which: Mark, upTo: number, by = authors) {
  return judge(mark(which, upTo), { receipts: { marks, authors: by } })
}

testRefusals([
  ['when there is no such room', mark('read', 1), { room: null }, 'unknown_room'],
  ['to a stranger', mark('read', 1), { actor: null }, 'not_a_member'],
  ['to who is banned', mark('read', 1), { actor: banned }, 'banned'],
  [
    'to who has no user id',
    mark('read', 1),
    { room: publicRoom, actor: null },
    'unauthorized',
    { actor: anonymous },
  ],
  ['before the first message', mark('read', 0), {}, 'unknown_message'],
  ['beyond the last message', mark('read', 6), {}, 'unknown_message'],
])

test('a mark that covers something new is a step, and its authors are told', () => {
  assert.deepEqual(marked({ delivered: 2, read: 1 }, 'delivered', 4), {
    event: { kind: 'receipts.advanced', userId: 'ann', mark: 'delivered', from: 2, upTo: 4, authors },
    changes: [{ kind: 'receipt.put', userId: 'ann', mark: 'delivered', upTo: 4, at: now }],
    room: membersRoom,
    inbox: ['bob'],
  })
})

test('what is read was delivered', () => {
  const step = (which: Mark) => ({ kind: 'receipt.put', userId: 'ann', mark: which, upTo: 4, at: now })
  assert.deepEqual(marked({ delivered: 2, read: 1 }, 'read', 4).changes, [step('read'), step('delivered')])
  assert.deepEqual(marked({ delivered: 4, read: 1 }, 'read', 4).changes, [step('read')])
})

test('marks never fall, and what covers nothing new leaves nothing behind', () => {
  const nothing = { event: null, changes: [], room: membersRoom }
  for (const upTo of [1, 3]) assert.deepEqual(marked({ delivered: 3, read: 3 }, 'read', upTo), nothing)
  assert.deepEqual(marked({ delivered: 0, read: 0 }, 'read', 4, []), nothing)
})
