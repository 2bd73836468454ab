import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  admin,
  banned,
  bannedAdmin,
  judge,
  membersRoom,
  now,
  participant,
  publicRoom,
  root,
  testRefusals,
  written,
} from '../../../test/support/rule-scene.ts'
import type { ActBody } from '../act.ts'
import { anonymous } from '../participant.ts'

const create: ActBody = { kind: 'message.create', content: 'hello' }
const edit: ActBody = { kind: 'message.edit', number: 4, content: 'new' }
const authorsEdit: ActBody = { ...edit, authorOnly: true }
const remove: ActBody = { kind: 'message.delete', number: 4 }
const emit: ActBody = { kind: 'data.emit', payload: '{"n":1}', targets: ['client_1'] }
const own = written('ann')
const foreign = written('bob')
const deleted = written('ann', { content: '', deletedAt: 1_500 })
const chatLocked = { ...membersRoom, chatLocked: true }

testRefusals([
  ...[create, emit].flatMap((body) => [
    ['when there is no such room', body, { room: null }, 'unknown_room'] as const,
    ['to a stranger', body, { actor: null }, 'not_a_member'] as const,
    ['to who is banned', body, { actor: banned }, 'banned'] as const,
    ['to who is banned from a public room', body, { room: publicRoom, actor: banned }, 'banned'] as const,
    ['when the chat is locked', body, { room: chatLocked }, 'chat_locked'] as const,
    ['to an admin who is banned', body, { room: chatLocked, actor: bannedAdmin }, 'banned'] as const,
  ]),
  ...[edit, remove].flatMap((body) => [
    ['to a stranger', body, { actor: null, message: own }, 'not_a_member'] as const,
    ['to who is banned', body, { actor: banned, message: own }, 'banned'] as const,
    ['when there is no such message', body, {}, 'unknown_message'] as const,
    ["of another's message", body, { message: foreign }, 'forbidden'] as const,
    ['when the message is deleted', body, { message: deleted }, 'message_deleted'] as const,
  ]),
  [
    'to an admin, where it is the author’s alone',
    authorsEdit,
    { message: foreign, actor: admin },
    'forbidden',
  ],
  ['when the chat is locked', edit, { room: chatLocked, message: own }, 'chat_locked'],
  [
    'to whoever else is anonymous',
    edit,
    { room: publicRoom, actor: null, message: written('anonymous') },
    'forbidden',
    { actor: anonymous },
  ],
])

test('a message gets the next number and id, and the name its author has in the room', () => {
  const message = {
    id: 100,
    number: 6,
    authorId: 'ann',
    authorName: 'Name of ann',
    authorAdmin: false,
    content: 'hello',
    sentAt: now,
    editedAt: null,
    deletedAt: null,
  }
  assert.deepEqual(judge(create), {
    event: { kind: 'message.created', message },
    changes: [{ kind: 'message.put', message }],
    room: { ...membersRoom, lastActiveAt: now },
    inbox: 'others',
  })
})

test('who is not in a public room writes under the name of the token, or as anonymous', () => {
  const author = (decision: ReturnType<typeof judge>) => {
    assert(decision.event?.kind === 'message.created')
    const { authorId, authorName, authorAdmin } = decision.event.message
    return [authorId, authorName, authorAdmin]
  }
  const given = { room: publicRoom, actor: null }
  assert.deepEqual(author(judge(create, given)), ['ann', 'Ann from her token', false])
  assert.deepEqual(author(judge(create, given, { actor: anonymous })), ['anonymous', 'anonymous', false])
  assert.deepEqual(author(judge(create, given, { actor: root })), ['root', 'Root', true])
  assert.deepEqual(author(judge(create, { actor: admin })), ['ann', 'Name of ann', true])
})

test('what was emitted goes with the message, verbatim, and files with the message itself', () => {
  const attachments = [
    { type: 'file' as const, id: '1', filename: 'a', url: 'https://example.org/a', meta: {} },
  ]
  const { event } = judge({
    kind: 'message.create',
    content: 'hello',
    payload: '{"content":"hello","n":1.0}',
    attachments,
  })
  assert(event?.kind === 'message.created')
  assert.equal(event.payload, '{"content":"hello","n":1.0}')
  assert.deepEqual(event.message.attachments, attachments)
})

test('a message of a room with a webhook is to be delivered, with the addresses of its files', () => {
  const room = { ...membersRoom, discordWebhookLink: 'https://hook' }
  const delivery = (body: ActBody) => judge(body, { room }).changes[1]
  const expected = { kind: 'delivery.put', messageId: 100, url: 'https://hook', authorName: 'Name of ann' }
  assert.deepEqual(delivery(create), { ...expected, content: 'hello' })
  const attachments = ['a', 'b'].map((id) => ({
    type: 'image' as const,
    id,
    filename: id,
    url: `https://example.org/${id}`,
    meta: {},
  }))
  assert.deepEqual(delivery({ kind: 'message.create', content: '', attachments }), {
    ...expected,
    content: 'https://example.org/a\nhttps://example.org/b',
  })
})

test('an admin writes though the chat is locked', () => {
  for (const body of [create, emit]) {
    assert(judge(body, { room: chatLocked, actor: admin }).event)
    assert(judge(body, { room: chatLocked, actor: null }, { actor: root }).event)
  }
})

test('its author or an admin edits a message', () => {
  for (const [message, actor] of [[own, participant('ann')] as const, [foreign, admin] as const]) {
    const edited = { ...message, content: 'new', editedAt: now }
    assert.deepEqual(judge(edit, { message, actor }), {
      event: { kind: 'message.edited', message: edited },
      changes: [{ kind: 'message.put', message: edited }],
      room: membersRoom,
      inbox: 'others',
    })
  }
})

test('its author or an admin deletes a message, also while the chat is locked: nothing but its place is left', () => {
  const attachments = [
    { type: 'file' as const, id: '1', filename: 'a', url: 'https://example.org/a', meta: {} },
  ]
  for (const [message, actor] of [[own, participant('ann')] as const, [foreign, admin] as const]) {
    const erased = { ...message, content: '', deletedAt: now }
    assert.deepEqual(judge(remove, { room: chatLocked, message: { ...message, attachments }, actor }), {
      event: { kind: 'message.deleted', message: erased, by: 'ann' },
      changes: [{ kind: 'message.erase', message: erased }],
      room: chatLocked,
      inbox: 'others',
    })
  }
})

test('data is an event and nothing else', () => {
  assert.deepEqual(judge(emit), {
    event: { kind: 'data.emitted', payload: '{"n":1}', by: 'ann' },
    changes: [],
    room: { ...membersRoom, lastActiveAt: now },
  })
  const { event } = judge(emit, { room: publicRoom, actor: null }, { actor: anonymous })
  assert.deepEqual(event, { kind: 'data.emitted', payload: '{"n":1}', by: 'anonymous' })
})
