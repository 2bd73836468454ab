import Type from 'typebox'
import { defaultServicesSettings as core } from '../../core/services/settings.ts'
import { defaultServicesOptions as dialect } from '../../dialects/services/options.ts'
import { texts, whole } from './fields.ts'

const typeNames = Type.Union([
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
  Type.Enum(['all', 'none']),
])

const event = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    from: typeNames,
    to: typeNames,
    delivery: Type.Enum(['one', 'all']),
    data: Type.Record(Type.String(), Type.Unknown()),
  },
  { additionalProperties: false },
)

export const servicesSection = Type.Object(
  {
    types: texts(dialect.types, 'The types that services may be of. Only a `sharder` is given shards.'),
    shards: whole(core.shards, 'How many shards the bot has.', 1, 10_000),
    sharders: whole(core.sharders, 'How many sharders are expected to run them.', 1, 10_000),
    shardGrace: whole(
      core.shardGrace,
      'How long the shards of a sharder that has gone are kept from others, in milliseconds.',
    ),
    heartbeatInterval: whole(
      dialect.heartbeatInterval,
      'How often a service is to beat, in milliseconds; it is closed after twice that.',
      10,
    ),
    identifyTimeout: whole(
      dialect.identifyTimeout,
      'How long a service may take to identify, in milliseconds.',
      1,
    ),
    events: Type.Array(event, {
      default: [],
      expects:
        'a list of events, each { name, from, to, delivery, data }: from and to are lists of types, "all" or "none", delivery is "one" or "all", data is a JSON Schema',
      description:
        'Events besides the built-in `EXECUTE_COMMAND` and `IDENTIFIED`. In the environment as JSON.',
    }),
    waitTime: whole(
      core.waitTime,
      'How long an event waits for a service that can take it, in milliseconds.',
    ),
    waitMost: whole(core.waitMost, 'How many events of one name wait; beyond it the oldest is lost.'),
    unidentifiedMax: whole(
      dialect.unidentifiedMax,
      'The largest inbound message before a service has identified, in bytes, as it comes or inflated.',
      1024,
    ),
    inboundMax: whole(dialect.inboundMax, 'The largest inbound message, in bytes.', 1024),
    inflatedMax: whole(
      dialect.inflatedMax,
      'The largest inbound message that came compressed, in bytes when inflated.',
      1024,
    ),
    framesPerSecond: whole(
      dialect.framesPerSecond,
      'Inbound frames a second that a service may send for long.',
      1,
    ),
    frameBurst: whole(dialect.frameBurst, 'Inbound frames a service may send at once.', 1),
    compressionsInFlight: whole(
      dialect.compressionsInFlight,
      'Messages of all services that are compressed or inflated at the same time.',
      1,
      64,
    ),
    compressionBacklog: whole(
      dialect.compressionBacklog,
      'How much may wait to be compressed for one service, in characters.',
      1024,
    ),
  },
  {
    description:
      'The protocol `services`. In production mode it is spoken only where `servicesSecret` is set; development mode makes one and keeps it in `<data>/services-secret`.',
  },
)
