import { after, describe, it } from 'node:test'
import { http, tokenFor } from '../harness.ts'
import { servicesSecret } from '../support/service-gateway.ts'
import { bombard, type Target, unhurried } from './support/bombard.ts'
import { Victim } from './support/victim.ts'

const token = tokenFor('mallory')
const ids = ['lobby', 'room', '1', 1, 2, 'mallory', 'ann', 'anonymous', 'system', 'evt_AAAAAAAAAAAAAAAA']

const targets: Record<string, Target> = {
  rooms: {
    path: '/gateway',
    query: { roomId: 'lobby', participantId: token },
    right: [
      { e: 1, d: {} },
      { e: 2, d: {} },
      { e: 3, d: { authorId: 'ann', content: 'x', sentAt: 1 } },
      { e: 5, d: { userId: 'ann' } },
    ],
    names: ['e', 'd', 's', 'userId', 'content', 'authorId'],
    values: [0, 1, 2, 3, 4, 5, 6, 7, 8, ...ids],
    refusal: null,
    closings: [1003, 1009, 4002, 4003],
  },
  comms: {
    path: '/comms',
    introduction: JSON.stringify({ f: 110, cnf: { token } }),
    right: [
      { f: 110, cnf: { token } },
      { f: 110, cnf: { token: tokenFor('ann'), session_id: 1, s: 0 } },
      { f: 120 },
      { f: 130, s: 1, t: 'MESSAGE_CREATE', cnf: { content: 'hello', nonce: 7 } },
      { f: 130, s: 2, t: 'MESSAGE_DELETE', cnf: { messageID: 1 } },
      { f: 130, t: 'START_TYPING', cnf: {} },
      { f: 130, t: 'SYSTEM_BAN_ADD', cnf: { user: 'ann', reason: 'none' } },
      { f: 130, t: 'CHANNEL_ADD', cnf: { name: 'room', description: 'x', visibility: true } },
      { f: 130, t: 'CHANNEL_MOVE', cnf: { channel: 'room' } },
      { f: 130, e: 'ROOM_USER_ADD', cnf: { channel: 'lobby' } },
      { f: 130, t: 'ROOM_USER_REMOVE', cnf: { channel: 'lobby' } },
    ],
    names: [
      'f',
      'cnf',
      's',
      't',
      'e',
      'token',
      'session_id',
      'content',
      'nonce',
      'messageID',
      'user',
      'bot',
      'name',
      'channel',
    ],
    values: [100, 110, 120, 130, 140, 150, 'MESSAGE_CREATE', 'CHANNEL_MOVE', 'CHANNEL_ADD', token, ...ids],
    refusal: /"f":150/,
    closings: [4000, 4001, 4002],
  },
  channels: {
    path: '/lobby/listen',
    right: [
      { type: 'PONG' },
      { type: 'ACK', payload: { eventID: 'evt_AAAAAAAAAAAAAAAA' } },
      { type: 'PRESENCE', payload: { username: 'Mallory', status: { deep: [1, 2, 3] } } },
    ],
    names: ['type', 'payload', 'eventID', 'clientID', 'latency', 'username'],
    values: ['PONG', 'ACK', 'PRESENCE', 'pong', 'DATA', 'CONNECTED', 'ERROR', ...ids],
    refusal: /"type":"ERROR"/,
    closings: [],
  },
  messenger: {
    path: '/messenger',
    headers: { authorization: `Bearer ${token}` },
    introduction: JSON.stringify({ type: 'request', id: '0', payloadType: 'subscribe', payload: {} }),
    right: [
      { type: 'request', id: '1', payloadType: 'subscribe', payload: { lastEventId: 0 } },
      { type: 'request', id: '2', payloadType: 'new', payload: { chatId: 'ann', message: 'hello' } },
      {
        type: 'request',
        id: '3',
        payloadType: 'new',
        payload: {
          chatId: 'ann',
          attachments: [
            {
              type: 'file',
              id: '1',
              filename: 'f',
              url: 'https://x.example/',
              meta: { extension: 'x', size: 1 },
            },
          ],
        },
      },
      {
        type: 'request',
        id: '4',
        payloadType: 'edit',
        payload: { chatId: 'ann', messageId: 1, message: 'x' },
      },
      { type: 'request', id: '5', payloadType: 'delete', payload: { chatId: 'ann', messageId: 1 } },
      { type: 'request', id: '6', payloadType: 'read', payload: { chatId: 'ann', messageId: 1 } },
      { type: 'request', id: '7', payloadType: 'dlvrd', payload: { chatId: 'ann', messageId: 1 } },
      {
        type: 'request',
        id: '8',
        payloadType: 'getMessages',
        payload: { chatId: 'ann', endId: 5, count: 10 },
      },
      { type: 'request', id: '9', payloadType: 'getChats', payload: { count: 5, afterChatId: 'ann' } },
      { type: 'request', id: 'a', payloadType: 'getChat', payload: { chatId: 'lobby' } },
      { type: 'request', id: 'b', payloadType: 'getEvents', payload: { fromEventId: 0 } },
      { type: 'request', id: 'c', payloadType: 'getEvent', payload: { eventId: 1 } },
      {
        type: 'request',
        id: 'd',
        payloadType: 'createGroup',
        payload: { groupName: 'g', members: ['ann', 'bob'] },
      },
      { type: 'request', id: 'e', payloadType: 'invite', payload: { chatId: 'lobby', userId: 'ann' } },
      { type: 'request', id: 'f', payloadType: 'leave', payload: { chatId: 'lobby' } },
      { type: 'event', eventType: 'typing', payload: { chatId: 'ann' } },
      { type: 'event', eventType: 'offline' },
    ],
    names: [
      'type',
      'id',
      'payloadType',
      'eventType',
      'payload',
      'chatId',
      'messageId',
      'message',
      'members',
      'count',
      'timestamp',
    ],
    values: ['request', 'event', 'response', 'subscribe', 'new', 'getChats', 'typing', 'offline', ...ids],
    refusal: /"error":\{/,
    closings: [1003, 4002],
  },
  services: {
    path: '/ws/v1',
    introduction: JSON.stringify({ op: 0, d: { type: 'sharder', compress: false, secret: servicesSecret } }),
    right: [
      { op: 0, d: { type: 'commands', compress: false, secret: servicesSecret, session: 'x' } },
      { op: 1, d: { heapUsed: 1, guilds: 2 } },
      {
        op: 2,
        t: 'EXECUTE_COMMAND',
        d: {
          command: 'ban',
          raw: 'x',
          ids: { message: '1', author: '2', channel: '3', guild: '4', shard: 0 },
        },
      },
      { op: 5, d: { type: 'user', id: '1', username: 'x' } },
      {
        op: 5,
        d: {
          type: 'guild',
          id: '1',
          name: 'x',
          roles: [{ id: '2' }],
          members: [{ id: '3', user: { id: '3' } }],
        },
      },
      {
        op: 5,
        d: [
          { type: 'member', id: '1', guildID: '2' },
          { type: 'voiceState', userID: '1', guildID: '2', channelID: '3' },
        ],
      },
    ],
    names: [
      'op',
      'd',
      't',
      'type',
      'compress',
      'secret',
      'session',
      'heapUsed',
      'guilds',
      'id',
      'guildID',
      'members',
      'raw',
      'ids',
    ],
    values: [
      0,
      1,
      2,
      3,
      4,
      5,
      'sharder',
      'commands',
      'member',
      'guild',
      'user',
      'EXECUTE_COMMAND',
      servicesSecret,
      ...ids,
    ],
    refusal: null,
    closings: [4000, 4001, 4002, 4003, 4004, 4005, 4006],
  },
}

const victim = await Victim.start({ after }, { servicesSecret, ...unhurried })
await http(victim.gateway, 'POST', '/lobby/emit', { json: { content: 'hello' }, bearer: tokenFor('ann') })

describe('frames that are not of the protocol', () => {
  for (const [name, target] of Object.entries(targets)) {
    it(`cost nobody but their sender: ${name}`, (t) => bombard(t, victim, target))
  }
})
