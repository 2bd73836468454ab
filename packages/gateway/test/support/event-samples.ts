import type { DurableBody, DurableEvent, EventBody, RoomEvent } from '../../src/model/event.ts'
import type { Message } from '../../src/model/message.ts'
import { defaultSettings, type Room } from '../../src/model/room.ts'

/** One event of every kind and shape that the core tells. */

const message: Message = {
  id: 77,
  number: 3,
  authorId: '42',
  authorName: 'Ann "A"',
  authorAdmin: true,
  content: 'hi\n',
  sentAt: 1_700_000_000_000,
  editedAt: null,
  deletedAt: null,
}
const attachments: Message['attachments'] = [
  { type: 'file', id: 'f', filename: 'a.txt', url: 'https://e.org/a', meta: { extension: 'txt', size: 1 } },
]
const edited: Message = { ...message, content: 'ho', editedAt: 1_700_000_001_000 }
const deleted: Message = { ...message, content: '', deletedAt: 1_700_000_002_000 }
const member = { id: 'client_AAAAAAAAAAAAAAAA', userId: 'bo', name: 'Bo', admin: false, presence: '{"a":1}' }
const link = 'https://discord.com/api/webhooks/1/t'

const durable: Readonly<Record<DurableBody['kind'], readonly DurableBody[]>> = {
  'message.created': [
    { kind: 'message.created', message },
    { kind: 'message.created', message, payload: '{"content":"hi\\n","more":[1.0]}' },
    { kind: 'message.created', message: { ...message, content: '', attachments } },
  ],
  'message.edited': [{ kind: 'message.edited', message: edited }],
  'message.deleted': [{ kind: 'message.deleted', message: deleted, by: 'ann' }],
  'receipts.advanced': (['delivered', 'read'] as const).map((mark) => ({
    kind: 'receipts.advanced',
    userId: 'bob',
    mark,
    from: 0,
    upTo: 3,
    authors: [{ userId: 'ann', highest: 3 }],
  })),
  'data.emitted': [{ kind: 'data.emitted', payload: '[null]', by: 'anonymous' }],
  'room.updated': [
    { kind: 'room.updated', changes: { chatLocked: true, roomLocked: false, maxParticipants: 3, name: 'n' } },
    { kind: 'room.updated', changes: { discordWebhookLink: link } },
    { kind: 'room.updated', changes: { discordWebhookLink: null } },
    { kind: 'room.updated', changes: { name: 'only the name' } },
  ],
  'room.closed': [
    { kind: 'room.closed', reason: '' },
    { kind: 'room.closed', reason: 'nobody wrote' },
  ],
  'participant.kicked': [{ kind: 'participant.kicked', userId: 'bob' }],
  'participant.changed': [
    { kind: 'participant.changed', userId: 'bob', changes: { color: '#aabbcc' } },
    { kind: 'participant.changed', userId: 'bob', changes: { admin: true, banned: false } },
  ],
}

type PassingKind = Exclude<EventBody['kind'], DurableBody['kind']>

const passing: Readonly<Record<PassingKind, EventBody>> = {
  'presence.joined': { kind: 'presence.joined', member },
  'presence.left': { kind: 'presence.left', member },
  'presence.updated': { kind: 'presence.updated', member },
  typing: { kind: 'typing', member },
}

const place = { id: 'evt_AAAAAAAAAAAAAAAA', room: 'lobby', at: 1_700_000_000_000 }

export const durableSamples: readonly DurableEvent[] = Object.values(durable)
  .flat()
  .map((body, i) => ({ ...place, seq: i + 1, body, ...(i % 2 === 0 && { wantsAck: true }) }))

export const samples: readonly RoomEvent[] = [
  ...durableSamples,
  ...Object.values(passing).map((body) => ({ ...place, seq: null, body })),
]

export const dialogSample = ['ann', 'bob'] as const

export const roomSample: Room = {
  ...defaultSettings,
  id: 'lobby',
  access: 'public',
  creatorId: null,
  incarnation: 'i',
  createdAt: 1,
  lastActiveAt: 1,
  passwordHash: null,
}
