import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ann } from '../../../test/support/rule-scene.ts'
import type { ActBody } from '../act.ts'
import { type Needs, needs } from './facts.ts'

const person = { userId: 'bob', name: 'Bob', color: '#000000', credentialHash: null }

const rows: readonly [ActBody, Needs][] = [
  [
    { kind: 'participant.join', joiner: person, asAdmin: false },
    { subject: 'bob', newName: 'Bob' },
  ],
  [
    { kind: 'participant.invite', invitee: person },
    { subject: 'bob', newName: 'Bob' },
  ],
  [{ kind: 'participant.change', userId: 'bob', changes: {} }, { subject: 'bob' }],
  [{ kind: 'participant.kick', userId: 'bob' }, { subject: 'bob' }],
  [{ kind: 'message.edit', number: 3, content: 'x' }, { message: 3 }],
  [{ kind: 'message.delete', number: 3 }, { message: 3 }],
  [{ kind: 'receipts.mark', mark: 'read', upTo: 3 }, { receipts: { mark: 'read', upTo: 3 } }],
  [{ kind: 'message.create', content: 'x' }, {}],
  [{ kind: 'data.emit', payload: '1' }, {}],
]

for (const [body, wanted] of rows) {
  test(`${body.kind} asks for what it is judged by, and nothing else`, () => {
    assert.deepEqual(needs({ id: 'evt_1', room: 'general', actor: ann, at: 0, body }), wanted)
  })
}
