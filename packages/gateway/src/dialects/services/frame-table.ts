import Type, { type TSchema } from 'typebox'
import { type Field, shapes } from '../../model/entities/shapes.ts'
import { type EntityKind, entityKinds, keyedByGuild } from '../../model/entity.ts'
import type { ServiceEventRule } from '../../model/service-event.ts'
import type { FrameRow, FrameTable } from '../../ports/frame-table.ts'
import { opcodes } from './opcodes.ts'

const closed = { additionalProperties: false }
const nothing = Type.Object({}, closed)
const open = Type.Unknown()
const session = Type.String({ description: 'Identify with it to go on where one left off.' })

function frame(name: string, op: number, says: string, d: TSchema): FrameRow {
  return { name, says, schema: Type.Object({ op: Type.Literal(op), d }, closed) }
}

function event(name: string, says: string, t: string, d: TSchema): FrameRow {
  return {
    name,
    says,
    schema: Type.Object({ op: Type.Literal(opcodes.event), t: Type.Literal(t), d }, closed),
  }
}

const types: Readonly<Record<Field['type'], TSchema>> = {
  string: Type.String(),
  integer: Type.Integer(),
  boolean: Type.Boolean(),
  strings: Type.Array(Type.String()),
  timestamp: Type.String({ description: 'ISO 8601.' }),
  overwrites: Type.Array(Type.Object({ id: Type.String() })),
}

/** An entity as a service may send it: only the key is required, and null stands for what is not known. */
function entity(kind: EntityKind): TSchema {
  const named = shapes[kind].map(({ name, type }) => {
    const field = kind === 'channel' && name === 'type' ? 'channelType' : name
    return [field, Type.Optional(Type.Union([types[type], Type.Null()]))]
  })
  const guild = kind === 'guild' || kind === 'user' ? {} : { guildID: guildOf(kind) }
  const id = kind === 'voiceState' ? { userID: Type.String() } : { id: Type.String() }
  return Type.Object({ type: Type.Literal(kind), ...id, ...guild, ...Object.fromEntries(named) })
}

function guildOf(kind: EntityKind): TSchema {
  return keyedByGuild(kind) ? Type.String() : Type.Optional(Type.Union([Type.String(), Type.Null()]))
}

const anyEntity = Type.Union(entityKinds.map(entity))

/** `events`: the table of those that services may send one another. */
export function servicesFrames(types: readonly string[], events: readonly ServiceEventRule[]): FrameTable {
  const sendable = events.filter(({ from }) => from !== 'none')
  const dataOf = (rule: ServiceEventRule) => rule.data as TSchema
  return {
    title: 'services',
    says: 'A private bus for the parts of a bot or back end. Messages to a service that asked for it are zlib streams in binary frames.',
    address: '/ws/v1',
    fromGateway: [
      frame(
        'hello',
        opcodes.hello,
        'The first message, never compressed.',
        Type.Object(
          { heartbeatInterval: Type.Integer({ minimum: 1, description: 'Milliseconds.' }) },
          closed,
        ),
      ),
      frame('heartbeat', opcodes.heartbeat, 'Asks a silent service for a heartbeat.', nothing),
      frame('heartbeat_ack', opcodes.heartbeatAck, 'Acknowledges a heartbeat.', nothing),
      event(
        'IDENTIFIED',
        'The service has identified; a sharder is told its shards, again whenever they change.',
        'IDENTIFIED',
        Type.Object(
          {
            shards: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }))),
            session,
            resumed: Type.Optional(Type.Boolean({ description: 'Only where a session was named.' })),
            lost: Type.Optional(
              Type.Integer({ minimum: 1, description: 'Events that waited and are lost.' }),
            ),
          },
          closed,
        ),
      ),
      ...sendable.map((rule) => event(rule.name, 'Another service sent this.', rule.name, dataOf(rule))),
    ],
    fromClient: [
      frame(
        'client.identify',
        opcodes.identify,
        'Who the service is.',
        Type.Object({
          type: Type.Union(types.map((type) => Type.Literal(type))),
          compress: Type.Boolean({ description: 'From now on messages to it are compressed.' }),
          secret: Type.String(),
          session: Type.Optional(session),
        }),
      ),
      frame(
        'client.heartbeat',
        opcodes.heartbeat,
        'The service is here, and how it is; a sharder also says its guilds.',
        Type.Object({
          heapUsed: Type.Number({ description: 'Bytes.' }),
          guilds: Type.Optional(open),
          busy: Type.Optional(Type.Number({ minimum: 0 })),
        }),
      ),
      frame(
        'client.cache',
        opcodes.cache,
        'Entities to be kept.',
        Type.Union([anyEntity, Type.Array(anyEntity)]),
      ),
      ...sendable.map((rule) =>
        event(`client.${rule.name}`, 'To be passed on to those it is for.', rule.name, dataOf(rule)),
      ),
    ],
  }
}
