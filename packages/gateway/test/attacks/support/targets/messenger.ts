import type { Target } from '../bombard.ts'
import { itself, nullable, oneOf, optional, string, whole } from '../demands.ts'
import type { Proper } from '../hostile.ts'
import { ids, token } from './mallory.ts'

const requestNames = [
  ...['new', 'edit', 'delete', 'dlvrd', 'read', 'subscribe', 'getMessage', 'getMessages', 'getChat'],
  ...['getChats', 'getEvent', 'getEvents', 'createGroup', 'leave', 'invite', 'typing'],
]
const messengerId = string(1, 200)
const chat = { payload: itself, 'payload.chatId': messengerId }
const message = { ...chat, 'payload.messageId': whole(1) }
const object = (value: unknown) => typeof value === 'object' && !Array.isArray(value)

function request(payloadType: string, payload: object, demands: Proper['demands'] = {}): Proper {
  const id = (value: unknown) => typeof value === 'string' && value.length >= 1 && value.length <= 100
  return {
    frame: { type: 'request', id: payloadType, payloadType, payload },
    demands: { type: oneOf('request'), id, payloadType: oneOf(...requestNames), ...demands },
  }
}

const file = { type: 'file', id: '1', filename: 'f', url: 'https://x.example/' }
const attachments = [{ ...file, meta: { extension: 'x', size: 1 } }]

export const messenger: Target = {
  path: '/messenger',
  headers: { authorization: `Bearer ${token}` },
  parties: [
    {
      introductions: [
        { type: 'request', id: '0', payloadType: 'getChats' },
        { type: 'request', id: '0', payloadType: 'subscribe', payload: {} },
      ],
      marker: {
        says: { type: 'request', id: 'marker', payloadType: 'getChats', payload: { count: 1 } },
        answer: /"id":"marker"/,
      },
      vocabulary: {
        proper: [
          request('subscribe', { lastEventId: 0 }, { 'payload.lastEventId': optional(whole(0)) }),
          request(
            'new',
            { chatId: 'ann', message: 'hello' },
            { ...chat, 'payload.message': string(1, 4096) },
          ),
          request(
            'new',
            { chatId: 'ann', attachments },
            {
              ...chat,
              'payload.attachments': itself,
              'payload.attachments.0': itself,
              'payload.attachments.0.type': itself,
              'payload.attachments.0.id': string(1, 200),
              'payload.attachments.0.filename': string(1, 255),
              'payload.attachments.0.url': itself,
              'payload.attachments.0.meta.size': whole(0),
            },
          ),
          request(
            'edit',
            { chatId: 'ann', messageId: 1, message: 'x' },
            { ...message, 'payload.message': string(1, 4096) },
          ),
          request('delete', { chatId: 'ann', messageId: 1 }, message),
          request('read', { chatId: 'ann', messageId: 1 }, message),
          request('dlvrd', { chatId: 'ann', messageId: 1 }, message),
          request(
            'getMessages',
            { chatId: 'ann', endId: 5, count: 10 },
            { ...chat, 'payload.endId': optional(whole(1)), 'payload.count': whole(1, 100) },
          ),
          request(
            'getChats',
            { count: 5, afterChatId: 'ann' },
            {
              payload: nullable(object),
              'payload.count': optional(whole(1, 1000)),
              'payload.afterChatId': optional(messengerId),
            },
          ),
          request('getChat', { chatId: 'lobby' }, chat),
          request('getEvents', { fromEventId: 0 }, { payload: itself, 'payload.fromEventId': whole(0) }),
          request('getEvent', { eventId: 1 }, { payload: itself, 'payload.eventId': whole(1) }),
          request(
            'createGroup',
            { groupName: 'g', members: ['ann', 'bob'] },
            {
              payload: itself,
              'payload.groupName': string(1, 200),
              'payload.members': (value) => Array.isArray(value),
              'payload.members.1': optional(messengerId),
            },
          ),
          request('invite', { chatId: 'lobby', userId: 'ann' }, { ...chat, 'payload.userId': messengerId }),
          request('leave', { chatId: 'lobby' }, chat),
          {
            frame: { type: 'event', eventType: 'typing', payload: { chatId: 'ann' } },
            demands: { type: oneOf('event'), eventType: oneOf('typing', 'offline'), ...chat },
          },
          {
            frame: { type: 'event', eventType: 'offline' },
            demands: { type: oneOf('event'), eventType: oneOf('offline') },
          },
        ],
        improper: [
          { type: 'response', id: '1' },
          { type: 'request', id: '1', payloadType: 'nothing', payload: {} },
          { type: 'request', payloadType: 'new', payload: { chatId: 'ann', message: 'x' } },
          { type: 'event', eventType: 'new', payload: { chatId: 'ann', message: 'x' } },
        ],
        names: [
          ...['type', 'id', 'payloadType', 'eventType', 'payload', 'chatId', 'messageId', 'message'],
          ...['members', 'count', 'timestamp'],
        ],
        values: [
          ...['request', 'event', 'response', 'subscribe', 'new', 'getChats', 'typing', 'offline'],
          ...ids,
        ],
      },
    },
  ],
  refusal: /"error":\{"code":"(invalid_json|invalid_request|unknown_request|invalid_payload)"/,
  closings: [1003, 4002],
}
