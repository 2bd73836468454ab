import { any, boolean, integer, like, open, optional, sentence, string } from '../../pattern.ts'
import type { Scenario } from '../../scenario.ts'
import { bearer, closed, connect, expect, ours, refused, send, sendBinary, sendText } from '../../steps.ts'
import {
  annAndBob,
  arrive,
  ask,
  does,
  error,
  event,
  fails,
  greet,
  needsTokens,
  newPayload,
  response,
  seconds,
  subscribed,
} from './words.ts'

const toBob = { chatId: '{{user:bob}}' }
const toAnn = { chatId: '{{user:ann}}' }
const nothing = { chatId: 'no such chat {{run}}' }
const ofTwo = (n: number, message: string) => ({
  messageId: n,
  sender: '{{user:ann}}',
  message,
  createdAt: seconds,
})

/** Connecting, reading, groups, and everything that can be wrong. */
export const askingScenarios: readonly Scenario[] = [
  ours(
    'without a good token the handshake is answered with 401',
    needsTokens,
    refused('/messenger', 401),
    ...['expired', 'forged', 'unsigned'].map((flaw) =>
      refused('/messenger', 401, any, { headers: bearer(`{{token:ann ${flaw}}}`) }),
    ),
    refused('/messenger', 401, any, { headers: bearer('nonsense') }),
  ),
  ours(
    'a browser offers its token as a subprotocol, and the first is chosen',
    needsTokens,
    connect('ann', '/messenger', {
      subprotocols: ['parlance.messenger', '{{token:ann}}'],
      chosen: 'parlance.messenger',
    }),
    does('ann', 'a1', 'subscribe', {}, { lastEventId: 0 }),
  ),
  ours(
    'subscribe: an id beyond the newest is unknown_event, one that is none is invalid_payload',
    needsTokens,
    arrive('ann'),
    fails('ann', 'a1', 'subscribe', { lastEventId: 1 }, 'unknown_event'),
    ...[-1, 1.5, '1', null].map((lastEventId, i) =>
      fails('ann', `b${i}`, 'subscribe', { lastEventId }, 'invalid_payload'),
    ),
  ),
  ours(
    'getMessage and getMessages read a chat, oldest first, ending where one says',
    needsTokens,
    annAndBob,
    greet('ann', 'bob'),
    ...[2, 3].flatMap((n) => [
      ...does('ann', `a${n}`, 'new', { ...toBob, message: `m${n}` }, { messageId: n }),
      expect('bob', event('new', newPayload('ann', n, `m${n}`), n)),
    ]),
    does('bob', 'b1', 'getMessage', { ...toAnn, messageId: 2 }, ofTwo(2, 'm2')),
    does('bob', 'b2', 'getMessages', { ...toAnn, count: 2 }, [ofTwo(2, 'm2'), ofTwo(3, 'm3')]),
    does('bob', 'b3', 'getMessages', { ...toAnn, endId: 2, count: 100 }, [ofTwo(1, 'hello'), ofTwo(2, 'm2')]),
    fails('bob', 'b4', 'getMessage', { ...toAnn, messageId: 9 }, 'unknown_message'),
    ...[0, 101, 1.5].map((count, i) =>
      fails('bob', `c${i}`, 'getMessages', { ...toAnn, count }, 'invalid_payload'),
    ),
  ),
  ours(
    'getChat and getChats say what a chat is, its last message, and how many were missed',
    needsTokens,
    annAndBob,
    greet('ann', 'bob'),
    ask('bob', 'b1', 'getChat', toAnn),
    expect('bob', response('b1', dialogWith('ann', 1))),
    ask('bob', 'b2', 'getChats', {}),
    expect('bob', response('b2', [dialogWith('ann', 1)])),
    does('bob', 'b3', 'read', { ...toAnn, messageId: 1 }),
    expect('ann', event('read', { ...toBob, messageId: 1, timestamp: seconds }, 1)),
    does('bob', 'b4', 'getChat', toAnn, dialogWith('ann', 0)),
    ask('ann', 'a1', 'getChat', nothing),
    expect('ann', error('a1', 'unknown_chat')),
  ),
  ours(
    'getEvent and getEvents read one’s log again',
    needsTokens,
    annAndBob,
    greet('ann', 'bob'),
    does('ann', 'a2', 'new', { ...toBob, message: 'm2' }, { messageId: 2 }),
    expect('bob', event('new', newPayload('ann', 2, 'm2'), 2)),
    does('bob', 'b1', 'getEvent', { eventId: 2 }, event('new', newPayload('ann', 2, 'm2'), 2)),
    does('bob', 'b2', 'getEvents', { fromEventId: 0 }, [
      event('new', newPayload('ann', 1, 'hello'), 1),
      event('new', newPayload('ann', 2, 'm2'), 2),
    ]),
    does('bob', 'b3', 'getEvents', { fromEventId: 2 }, []),
    fails('bob', 'b4', 'getEvent', { eventId: 3 }, 'unknown_event'),
  ),
  ours(
    'more than 100 events at once are too_many_events; subscribe gives them all',
    needsTokens,
    arrive('ann'),
    arrive('bob'),
    ...Array.from({ length: 101 }, (_, i) =>
      does('bob', `n${i}`, 'new', { ...toAnn, message: `${i + 1}` }, { messageId: i + 1 }),
    ),
    fails('ann', 'a1', 'getEvents', { fromEventId: 0 }, 'too_many_events'),
    ask('ann', 'a2', 'getEvents', { fromEventId: 1 }),
    expect(
      'ann',
      response('a2', { $: 'each', item: open({ type: 'event', id: integer(undefined, 2, 101) }) }),
    ),
  ),
  ours(
    'a group: made, heard by its members, left, and joined again by invitation',
    needsTokens,
    annAndBob,
    does(
      'ann',
      'a1',
      'createGroup',
      { groupName: 'Us {{run}}', members: ['{{user:bob}}'] },
      { chatId: string('group') },
    ),
    does('ann', 'a2', 'new', { chatId: '{{group}}', message: 'all' }, { messageId: 1 }),
    expect(
      'bob',
      event('new', { chatId: '{{group}}', userId: '{{user:ann}}', messageId: 1, message: 'all' }, 1),
    ),
    does('bob', 'b1', 'dlvrd', { chatId: '{{group}}', messageId: 1 }),
    expect('ann', event('dlvrd', { chatId: '{{group}}', messageId: 1, timestamp: seconds }, 1)),
    does(
      'ann',
      'a3',
      'getMessage',
      { chatId: '{{group}}', messageId: 1 },
      {
        messageId: 1,
        sender: '{{user:ann}}',
        message: 'all',
        createdAt: seconds,
        delivering: [{ userId: '{{user:bob}}', dlvrd: seconds }],
      },
    ),
    does(
      'ann',
      'a4',
      'getChat',
      { chatId: '{{group}}' },
      {
        chatId: '{{group}}',
        type: 'group',
        name: 'Us {{run}}',
        lastMessageId: 1,
        lastMessageText: 'all',
        lastMessageTime: seconds,
        lastMessageAuthor: '{{user:ann}}',
        missed: 0,
        participantCount: 2,
        participants: {
          $: 'some',
          items: ['ann', 'bob'].map((name) => ({
            userId: `{{user:${name}}}`,
            name: string(),
            admin: boolean(),
            online: true,
          })),
        },
      },
    ),
    does('bob', 'b2', 'leave', { chatId: '{{group}}' }),
    does('ann', 'a5', 'new', { chatId: '{{group}}', message: 'without bob' }, { messageId: 2 }),
    fails('bob', 'b3', 'getMessages', { chatId: '{{group}}', count: 1 }, 'forbidden'),
    does('ann', 'a6', 'invite', { chatId: '{{group}}', userId: '{{user:bob}}' }),
    does('ann', 'a7', 'new', { chatId: '{{group}}', message: 'with bob' }, { messageId: 3 }),
    expect(
      'bob',
      event('new', { chatId: '{{group}}', userId: '{{user:ann}}', messageId: 3, message: 'with bob' }, 2),
    ),
  ),
  ours(
    'typing in a group reaches the others in it',
    needsTokens,
    annAndBob,
    does(
      'ann',
      'a1',
      'createGroup',
      { groupName: 'Us {{run}}', members: ['{{user:bob}}'] },
      { chatId: string('group') },
    ),
    send('bob', { type: 'event', eventType: 'typing', payload: { chatId: '{{group}}' } }),
    expect('ann', event('typing', { userId: '{{user:bob}}', chatId: '{{group}}' })),
  ),
  ...[
    ['new', { ...toBob }],
    ['new', { message: 'x' }],
    ['new', { ...toBob, message: 5 }],
    ['edit', { ...toBob, messageId: 1 }],
    ['edit', { ...toBob, messageId: 'one', message: 'x' }],
    ['delete', toBob],
    ['dlvrd', { ...toBob, messageId: 0 }],
    ['read', { ...toBob, messageId: 1.5 }],
    ['getMessages', toBob],
    ['getEvent', {}],
    ['getEvents', { fromEventId: 'x' }],
    ['createGroup', { groupName: '', members: [] }],
    ['invite', toBob],
    ['leave', []],
  ].map(([name, payload]) =>
    ours(
      `${name} with ${JSON.stringify(payload)} is invalid_payload, and the message names the path`,
      needsTokens,
      subscribed('ann'),
      ask('ann', 'a1', name as string, payload),
      expect('ann', {
        type: 'response',
        timestamp: seconds,
        id: 'a1',
        error: { code: 'invalid_payload', message: like('payload'), retryAfter: optional(integer()) },
      }),
    ),
  ),
  ours(
    'an unknown request is unknown_request',
    needsTokens,
    arrive('ann'),
    fails('ann', 'a1', 'dance', {}, 'unknown_request'),
    fails('ann', 'a2', 'constructor', {}, 'unknown_request'),
    does('ann', 'a3', 'getChats', {}, []),
  ),
  ours(
    'what is not JSON is invalid_json, what is no frame invalid_request, both with the id null',
    needsTokens,
    arrive('ann'),
    sendText('ann', '{'),
    expect('ann', error(null, 'invalid_json')),
    ...['[]', '5', '{}'].flatMap((text) => [
      sendText('ann', text),
      expect('ann', error(null, 'invalid_request')),
    ]),
    does('ann', 'a3', 'getChats', {}, []),
  ),
  ...[
    '{"type":"request","payloadType":"getChats"}',
    '{"type":"request","id":5,"payloadType":"getChats"}',
    '{"type":"request","id":"","payloadType":"getChats"}',
  ].map((text) =>
    ours(
      `${text} has no usable id: answered with the id null`,
      needsTokens,
      arrive('ann'),
      sendText('ann', text),
      expect('ann', error(null, 'invalid_request')),
    ),
  ),
  ours(
    'five bad frames within ten seconds close with 4002',
    needsTokens,
    arrive('ann'),
    ...Array.from({ length: 5 }, () => [
      sendText('ann', 'x'),
      expect('ann', error(null, 'invalid_json')),
    ]).flat(),
    closed('ann', 4002),
  ),
  ours(
    'a binary frame closes with 1003',
    needsTokens,
    arrive('ann'),
    sendBinary('ann', '{}'),
    closed('ann', 1003),
  ),
  ours(
    'who is banned from the gateway is closed with 4003, and is refused with 403 from then on',
    needsTokens,
    subscribed('eve'),
    connect('boss', '/comms'),
    expect('boss', open({ f: 100 })),
    send('boss', { f: 110, cnf: { token: '{{token:boss admin}}' } }),
    expect('boss', open({ f: 140 })),
    expect('boss', open({ f: 130, t: 'CHANNEL_MOVE' })),
    send('boss', { f: 130, t: 'SYSTEM_BAN_ADD', cnf: { user: '{{user:eve}}' } }),
    expect('eve', {
      type: 'response',
      timestamp: seconds,
      id: null,
      error: { code: 'forbidden', message: sentence },
    }),
    closed('eve', 4003),
    refused('/messenger', 403, any, { headers: bearer('{{token:eve}}') }),
  ),
]

function dialogWith(other: string, missed: number) {
  return {
    chatId: `{{user:${other}}}`,
    type: 'dialog',
    name: string(),
    lastMessageId: 1,
    lastMessageText: 'hello',
    lastMessageTime: seconds,
    lastMessageAuthor: '{{user:ann}}',
    missed,
    online: true,
  }
}
