import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DurableBody, DurableEvent } from '../../model/event.ts'
import type { Message } from '../../model/message.ts'
import type { Letter } from '../../ports/inbox-store.ts'
import { messengerSpeech } from './speech.ts'

const at = 1_700_000_000_999
const pair = ['User1', 'User2'] as const

function letter(body: DurableBody, dialog: Letter['dialog'] = pair): Letter {
  return { event: { id: 'evt_1', room: 'dialog:x', seq: 3, at, body } satisfies DurableEvent, dialog }
}

function said(
  body: DurableBody,
  userId: string,
  id: number | null,
  dialog?: Letter['dialog'],
): string | undefined {
  return messengerSpeech.letter(letter(body, dialog))?.({ userId, id })
}

const message: Message = {
  id: 900,
  number: 125,
  authorId: 'User1',
  authorName: 'One',
  authorAdmin: false,
  content: 'Hi from User1!',
  sentAt: at,
  editedAt: null,
  deletedAt: null,
}

test('a new message names its chat as the receiver sees it, with the receiver’s own id', () => {
  assert.equal(
    said({ kind: 'message.created', message }, 'User2', 23),
    '{"type":"event","timestamp":1700000000,"id":23,"eventType":"new","payload":{"chatId":"User1","userId":"User1","messageId":125,"message":"Hi from User1!"}}',
  )
})

test('the author’s other connections get it without an id, in the chat with the other', () => {
  assert.equal(
    said({ kind: 'message.created', message }, 'User1', null),
    '{"type":"event","timestamp":1700000000,"eventType":"new","payload":{"chatId":"User2","userId":"User1","messageId":125,"message":"Hi from User1!"}}',
  )
})

test('a message of nothing but a file has no text', () => {
  const attachments = [
    {
      type: 'file' as const,
      id: 'file123',
      filename: 'a.pdf',
      url: 'https://example.com/a.pdf',
      meta: { extension: 'pdf', size: 2048000 },
    },
  ]
  assert.equal(
    said({ kind: 'message.created', message: { ...message, content: '', attachments } }, 'User2', 1),
    '{"type":"event","timestamp":1700000000,"id":1,"eventType":"new","payload":{"chatId":"User1","userId":"User1","messageId":125,"attachments":[{"type":"file","id":"file123","filename":"a.pdf","url":"https://example.com/a.pdf","meta":{"extension":"pdf","size":2048000}}]}}',
  )
})

test('in a group the chat is the room for everybody', () => {
  assert.equal(
    said(
      { kind: 'message.edited', message: { ...message, content: 'Hello', editedAt: at } },
      'User3',
      7,
      null,
    ),
    '{"type":"event","timestamp":1700000000,"id":7,"eventType":"edit","payload":{"chatId":"dialog:x","messageId":125,"message":"Hello"}}',
  )
})

test('a deletion says which message', () => {
  const body = {
    kind: 'message.deleted',
    message: { ...message, content: '', deletedAt: at },
    by: 'User1',
  } as const
  assert.equal(
    said(body, 'User2', 8),
    '{"type":"event","timestamp":1700000000,"id":8,"eventType":"delete","payload":{"chatId":"User1","messageId":125}}',
  )
})

test('an edit of a message that was deleted since says that it was, and not what', () => {
  const body = { kind: 'message.edited', message: { ...message, content: '', deletedAt: at } } as const
  assert.equal(
    said(body, 'User2', 8),
    '{"type":"event","timestamp":1700000000,"id":8,"eventType":"edit","payload":{"chatId":"User1","messageId":125}}',
  )
})

test('a mark tells each author the highest of theirs, and the marker’s other connections how far it went', () => {
  const body = {
    kind: 'receipts.advanced',
    userId: 'User2',
    mark: 'delivered',
    from: 100,
    upTo: 125,
    authors: [{ userId: 'User1', highest: 124 }],
  } as const
  assert.equal(
    said(body, 'User1', 10),
    '{"type":"event","timestamp":1700000000,"id":10,"eventType":"dlvrd","payload":{"chatId":"User2","messageId":124,"timestamp":1700000000}}',
  )
  assert.equal(
    said({ ...body, mark: 'read' }, 'User2', null),
    '{"type":"event","timestamp":1700000000,"eventType":"read","payload":{"chatId":"User1","messageId":125,"timestamp":1700000000}}',
  )
})

test('typing, online and offline have no id', () => {
  const typing = { kind: 'typing', userId: 'User1', room: 'dialog:x', dialog: pair, at } as const
  assert.equal(
    messengerSpeech.notice(typing)('User2'),
    '{"type":"event","timestamp":1700000000,"eventType":"typing","payload":{"userId":"User1","chatId":"User1"}}',
  )
  assert.equal(
    messengerSpeech.notice({ kind: 'online', userId: 'User1', at })('User2'),
    '{"type":"event","timestamp":1700000000,"eventType":"online","payload":{"userId":"User1"}}',
  )
  assert.equal(
    messengerSpeech.notice({ kind: 'offline', userId: 'User1', at })('User2'),
    '{"type":"event","timestamp":1700000000,"eventType":"offline","payload":{"userId":"User1"}}',
  )
})

test('there is no word for what changes a room or its participants', () => {
  const bodies: DurableBody[] = [
    { kind: 'room.updated', changes: { chatLocked: true } },
    { kind: 'room.closed', reason: 'idle' },
    { kind: 'participant.kicked', userId: 'User2' },
    { kind: 'participant.changed', userId: 'User2', changes: { admin: true } },
    { kind: 'data.emitted', payload: '{}', by: 'x' },
  ]
  for (const body of bodies) assert.equal(messengerSpeech.letter(letter(body)), null)
})
