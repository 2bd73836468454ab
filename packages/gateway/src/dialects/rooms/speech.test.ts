import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { EventBody, RoomEvent } from '../../model/event.ts'
import type { Message } from '../../model/message.ts'
import { createSpeeches, hello } from './speech.ts'

const speeches = createSpeeches()

const message: Message = {
  id: 1042,
  number: 7,
  authorId: 'user_ada',
  authorName: 'Ada',
  authorAdmin: false,
  content: 'Hello "you"\n\u2028 🎉',
  sentAt: 1_700_000_000_000,
  editedAt: null,
  deletedAt: null,
}
const link = 'https://discord.com/api/webhooks/123/secret-token'
const member = { id: 'client_x', userId: null, name: 'x', admin: false, presence: '{}' }

function said(body: EventBody, { admin = false, withPositions = false } = {}): unknown {
  const passing = 'member' in body
  const event: RoomEvent = { id: 'evt_x', room: 'lobby', seq: passing ? null : 12, at: 0, body }
  return speeches.for(admin, withPositions).encode(event)
}

test('hello says how often to beat, and to those who resume, where they stand', () => {
  assert.equal(hello(45_000, null), '{"e":0,"d":{"heartbeatInterval":45000}}')
  assert.equal(
    hello(45_000, { position: { epoch: 'r.i', seq: 12 }, recovered: true }),
    '{"e":0,"d":{"heartbeatInterval":45000,"epoch":"r.i","s":12,"recovered":true}}',
  )
})

const told: [string, EventBody, string][] = [
  [
    'a message',
    { kind: 'message.created', message },
    '{"e":3,"d":{"authorId":"user_ada","content":"Hello \\"you\\"\\n\u2028 🎉","sentAt":1700000000000}}',
  ],
  [
    'a message that was emitted as data',
    {
      kind: 'message.created',
      message: { ...message, content: 'hi' },
      payload: '{"content":"hi","authorId":"me"}',
    },
    '{"e":3,"d":{"authorId":"user_ada","content":"hi","sentAt":1700000000000}}',
  ],
  [
    'a locked chat',
    { kind: 'room.updated', changes: { chatLocked: true } },
    '{"e":4,"d":{"chatLocked":true}}',
  ],
  [
    'several settings',
    { kind: 'room.updated', changes: { name: 'x', roomLocked: false, maxParticipants: 5 } },
    '{"e":4,"d":{"roomLocked":false,"maxParticipants":5}}',
  ],
  [
    'a removed webhook',
    { kind: 'room.updated', changes: { discordWebhookLink: null } },
    '{"e":4,"d":{"discordWebhookLink":null}}',
  ],
  ['a kick', { kind: 'participant.kicked', userId: 'user_bob' }, '{"e":5,"d":{"userId":"user_bob"}}'],
  [
    'a ban',
    { kind: 'participant.changed', userId: 'user_bob', changes: { banned: true } },
    '{"e":6,"d":{"userId":"user_bob","banned":true}}',
  ],
  [
    'a colour and a new admin',
    { kind: 'participant.changed', userId: 'user_bob', changes: { color: '#3366ff', admin: true } },
    '{"e":6,"d":{"userId":"user_bob","color":"#3366ff","admin":true}}',
  ],
  ['a closed room', { kind: 'room.closed', reason: 'idle' }, '{"e":7,"d":{}}'],
]

for (const [what, body, packet] of told) {
  test(`${what} is told in the fields of the protocol, and with its position to those who resume`, () => {
    for (const admin of [true, false]) {
      assert.equal(said(body, { admin }), packet)
      assert.equal(said(body, { admin, withPositions: true }), `${packet.slice(0, -1)},"s":12}`)
    }
  })
}

test('the webhook is whole for admins, and without its token for others', () => {
  const body: EventBody = { kind: 'room.updated', changes: { discordWebhookLink: link } }
  assert.equal(said(body, { admin: true }), `{"e":4,"d":{"discordWebhookLink":"${link}"}}`)
  assert.equal(said(body), '{"e":4,"d":{"discordWebhookLink":"https://discord.com/api/webhooks/123/***"}}')
})

const untold: EventBody[] = [
  { kind: 'message.edited', message },
  { kind: 'message.deleted', message, by: 'user_ada' },
  { kind: 'data.emitted', payload: '1', by: 'user_ada' },
  { kind: 'receipts.advanced', userId: 'user_bob', mark: 'read', from: 0, upTo: 1, authors: [] },
  { kind: 'room.updated', changes: { name: 'Book club' } },
  { kind: 'presence.joined', member },
  { kind: 'presence.left', member },
  { kind: 'presence.updated', member },
  { kind: 'typing', member },
]

test('what the protocol has no word for is not told', () => {
  for (const body of untold) assert.equal(said(body, { admin: true, withPositions: true }), null, body.kind)
})

test('any text comes through a packet as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (content, sentAt) => {
      const packet = JSON.parse(
        said({ kind: 'message.created', message: { ...message, content, sentAt } }) as string,
      )
      assert.deepEqual(packet, { e: 3, d: { authorId: 'user_ada', content, sentAt } })
    }),
  )
})

test('connections that are told the same things share one speech', () => {
  const all = [true, false].flatMap((admin) =>
    [true, false].map((positions) => speeches.for(admin, positions)),
  )
  assert.equal(new Set(all).size, 4)
  assert.equal(speeches.for(false, false), speeches.for(false, false))
})
