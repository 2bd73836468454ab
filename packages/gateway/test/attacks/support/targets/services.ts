import { servicesSecret } from '../../../support/service-gateway.ts'
import type { Target } from '../bombard.ts'
import { boolean, itself, nullable, number, oneOf, optional, string, whole } from '../demands.ts'
import type { Proper } from '../hostile.ts'
import { ids } from './mallory.ts'

const kinds = ['user', 'guild', 'channel', 'member', 'role', 'voiceState']
const entityId = (value: unknown) => typeof value === 'string' && /^[!-~]{1,64}$/.test(value)
const nothing = (value: unknown) => Array.isArray(value) && value.length === 0
const identify = { op: 0, d: { type: 'sharder', compress: false, secret: servicesSecret } }
const heartbeat: Proper = {
  frame: { op: 1, d: { heapUsed: 1, guilds: 2 } },
  demands: { op: oneOf(1), d: itself, 'd.heapUsed': number, 'd.busy': optional(number) },
}
const serviceFrames: readonly Proper[] = [
  {
    frame: {
      op: 2,
      t: 'EXECUTE_COMMAND',
      d: {
        command: 'ban',
        raw: 'x',
        ids: { message: '1', author: '2', channel: '3', guild: '4', shard: 0 },
      },
    },
    demands: {
      op: oneOf(2),
      t: oneOf('EXECUTE_COMMAND'),
      d: itself,
      'd.command': optional(string()),
      'd.raw': string(),
      'd.ids': itself,
      'd.ids.author': string(),
      'd.ids.shard': whole(),
    },
  },
  {
    frame: { op: 5, d: { type: 'user', id: '1', username: 'x' } },
    demands: {
      op: oneOf(5),
      d: nothing,
      'd.type': oneOf(...kinds),
      'd.id': entityId,
      'd.username': nullable(string()),
    },
  },
  {
    frame: {
      op: 5,
      d: {
        type: 'guild',
        id: '1',
        name: 'x',
        roles: [{ id: '2' }],
        members: [{ id: '3', user: { id: '3' } }],
      },
    },
    demands: {
      op: oneOf(5),
      'd.roles': nullable(nothing),
      'd.roles.0.id': entityId,
      'd.members.0.user.id': nullable(oneOf('3')),
    },
  },
  {
    frame: {
      op: 5,
      d: [
        { type: 'member', id: '1', guildID: '2' },
        { type: 'voiceState', userID: '1', guildID: '2', channelID: '3' },
      ],
    },
    demands: {
      op: oneOf(5),
      'd.0.guildID': entityId,
      'd.1.userID': entityId,
      'd.1.channelID': nullable(string()),
    },
  },
]
const serviceWords = {
  names: [
    ...['op', 'd', 't', 'type', 'compress', 'secret', 'session', 'heapUsed', 'guilds', 'id', 'guildID'],
    ...['members', 'raw', 'ids'],
  ],
  values: [
    ...[0, 1, 2, 3, 4, 5, 'sharder', 'commands', 'member', 'guild', 'user', 'EXECUTE_COMMAND'],
    servicesSecret,
    ...ids,
  ],
  deflates: true,
}
const notOfServices = [
  { op: 3, d: { heartbeatInterval: 1 } },
  { op: 4, d: {} },
  { op: 6, d: {} },
  { op: -1, d: {} },
  { op: 2, t: 'IDENTIFIED', d: { session: 'x' } },
  { op: 2, t: 'NOTHING', d: {} },
]
const acknowledged = { says: { op: 1, d: { heapUsed: 1, guilds: 1 } }, answer: /^\{"op":4,/ }

export const services: Target = {
  path: '/ws/v1',
  parties: [
    {
      alone: true,
      introductions: [identify, { ...identify, d: { ...identify.d, compress: true } }],
      marker: acknowledged,
      vocabulary: {
        proper: [{ ...heartbeat, demands: { ...heartbeat.demands, 'd.guilds': number } }, ...serviceFrames],
        improper: [identify, ...notOfServices],
        ...serviceWords,
      },
    },
    {
      alone: true,
      marker: acknowledged,
      vocabulary: {
        proper: [
          heartbeat,
          {
            frame: identify,
            demands: {
              op: oneOf(0),
              d: itself,
              'd.type': oneOf('sharder', 'commands'),
              'd.compress': boolean,
              'd.secret': oneOf(servicesSecret),
              'd.session': nullable(string()),
            },
          },
        ],
        improper: [...serviceFrames.map(({ frame }) => frame), ...notOfServices],
        ...serviceWords,
      },
    },
  ],
  refusal: null,
  closings: [4000, 4001, 4002, 4003, 4004, 4005, 4006],
}
