import type { Target } from '../bombard.ts'
import { boolean, itself, nullable, oneOf, optional, string } from '../demands.ts'
import type { Proper } from '../hostile.ts'
import { ids, token } from './mallory.ts'

const present = { f: 110, cnf: { token } }
const commsEvents = [
  'MESSAGE_CREATE',
  'MESSAGE_DELETE',
  'START_TYPING',
  'SYSTEM_BAN_ADD',
  'CHANNEL_ADD',
  'CHANNEL_MOVE',
  'ROOM_USER_ADD',
  'ROOM_USER_REMOVE',
]
/** An integer of any size, or a string. */
const commsId = (value: unknown) =>
  string(1, 200)(value) || (Number.isInteger(value) && /^-?\d+$/.test(JSON.stringify(value)))
const commsNonce = (value: unknown) => string(0, 100)(value) || Number.isInteger(value)

function execute(t: string, cnf: object, demands: Proper['demands'] = {}, depends?: true): Proper {
  const all = { f: oneOf(120, 130), t: oneOf(...commsEvents), ...demands }
  return { frame: { f: 130, s: 1, t, cnf }, demands: all, ...(depends && { depends }) }
}

const commsFrames: readonly Proper[] = [
  { frame: { f: 120 }, demands: { f: oneOf(120) } },
  execute(
    'MESSAGE_CREATE',
    { content: 'hello', nonce: 7 },
    { cnf: itself, 'cnf.content': string(1, 2000), 'cnf.nonce': nullable(commsNonce) },
  ),
  execute('MESSAGE_DELETE', { messageID: 1 }, { cnf: itself, 'cnf.messageID': commsId }, true),
  execute('START_TYPING', {}),
  execute(
    'SYSTEM_BAN_ADD',
    { user: 'ann', reason: 'none' },
    { cnf: itself, 'cnf.user': commsId, 'cnf.reason': nullable(string()) },
    true,
  ),
  execute(
    'CHANNEL_ADD',
    { name: 'room', description: 'x', visibility: true },
    {
      cnf: itself,
      'cnf.name': string(1, 200),
      'cnf.description': nullable(string(0, 1000)),
      'cnf.visibility': optional(boolean),
    },
    true,
  ),
  execute('CHANNEL_MOVE', { channel: 'lobby' }, { cnf: itself, 'cnf.channel': commsId }),
  execute('ROOM_USER_ADD', { channel: 'lobby' }, { 'cnf.channel': optional(commsId) }),
]
const commsWords = {
  names: [
    ...['f', 'cnf', 's', 't', 'e', 'token', 'session_id', 'content', 'nonce', 'messageID', 'user', 'bot'],
    ...['name', 'channel'],
  ],
  values: [100, 110, 120, 130, 140, 150, 'MESSAGE_CREATE', 'CHANNEL_MOVE', 'CHANNEL_ADD', token, ...ids],
}
const notOfClients = [
  { f: 100, cnf: { hb_int: 1 } },
  { f: 140, cnf: { v: 6 } },
  { f: 150, cnf: { c: 0, d: true, m: 'x' } },
  { f: 999 },
  { f: 130, t: 'GATEWAY_DOWN', cnf: {} },
  { f: 130, t: 'SERVER_MESSAGE', cnf: { content: 'x' } },
  { f: 130, e: 'NOTHING', cnf: {} },
]

export const comms: Target = {
  path: '/comms',
  parties: [
    {
      introductions: [present],
      marker: { says: { f: 130, t: 'MARKER', s: 4242 }, answer: /"s":4242\b/ },
      vocabulary: {
        proper: commsFrames,
        improper: [
          present,
          { f: 110, cnf: { token, session_id: 1, s: 0 } },
          // One that leaves would be in no channel from then on.
          { f: 130, t: 'ROOM_USER_REMOVE', cnf: { channel: [] } },
          ...notOfClients,
        ],
        ...commsWords,
      },
    },
    {
      alone: true,
      answer: /"f":140/,
      vocabulary: {
        proper: [{ frame: present, demands: { f: oneOf(110) } }],
        improper: [...commsFrames.map(({ frame }) => frame), ...notOfClients],
        ...commsWords,
      },
    },
  ],
  refusal: /"f":150,"cnf":\{"c":400[45],/,
  closings: [4000, 4001, 4002],
}
