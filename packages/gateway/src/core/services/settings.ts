import type { ServiceEventRule } from '../../model/service-event.ts'

/** Times are in milliseconds. */
export interface ServicesSettings {
  /** How many shards the bot has, and how many sharders are expected to run them. */
  readonly shards: number
  readonly sharders: number
  /** How long the shards of a sharder that has gone are kept from all others. */
  readonly shardGrace: number
  /** How long a session can be gone on with after its connection has gone. */
  readonly resumeWindow: number
  /** How long an event that nobody can take waits, and how many of one name do. */
  readonly waitTime: number
  readonly waitMost: number
  /** A service whose last heartbeat is older than this is given work only when there is no other. */
  readonly overdueAfter: number
  readonly events: readonly ServiceEventRule[]
}

const text = { type: 'string' }

/** Built in. `IDENTIFIED` stands in the table so that nobody else may send it. */
export const builtInEvents: readonly ServiceEventRule[] = [
  {
    name: 'EXECUTE_COMMAND',
    from: ['sharder'],
    to: ['commands'],
    delivery: 'one',
    data: {
      type: 'object',
      required: ['raw', 'ids'],
      properties: {
        command: text,
        raw: text,
        ids: {
          type: 'object',
          required: ['message', 'author', 'channel', 'guild', 'shard'],
          properties: { message: text, author: text, channel: text, guild: text, shard: { type: 'integer' } },
        },
      },
    },
  },
  { name: 'IDENTIFIED', from: 'none', to: 'all', delivery: 'all', data: { type: 'object' } },
]

export const defaultServicesSettings: ServicesSettings = {
  shards: 1,
  sharders: 1,
  shardGrace: 5000,
  resumeWindow: 120_000,
  waitTime: 30_000,
  waitMost: 1000,
  overdueAfter: 45_000,
  events: builtInEvents,
}
