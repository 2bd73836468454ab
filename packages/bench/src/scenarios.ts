import { gateway } from './peers/gateway.ts'
import { nats } from './peers/nats.ts'
import { nchan } from './peers/nchan.ts'
import { bareWs, socketIo } from './peers/own-servers.ts'
import type { Peer } from './peers/peer.ts'
import type { Scenario, Subject } from './scenario.ts'
import type { SpeechName } from './speeches/all.ts'
import type { tasks } from './tasks/all.ts'
import type { Connects } from './tasks/connects.ts'
import type { FanOut } from './tasks/fan-out.ts'
import type { Memory } from './tasks/memory.ts'
import type { Task } from './tasks/task.ts'

/** How much is done: `smoke` shows in seconds that everything still works, and its figures mean nothing. */
export type Extent = 'full' | 'smoke'

type OptionsOf<Name extends keyof typeof tasks> =
  (typeof tasks)[Name] extends Task<infer Options> ? Options : never

function subject<Name extends keyof typeof tasks>(
  label: string,
  peer: Peer,
  task: Name,
  options: OptionsOf<Name>,
): Subject {
  return { label, peer, task, options }
}

const speaking: readonly (readonly [label: string, peer: Peer, speech: SpeechName])[] = [
  ['rooms', gateway, 'rooms'],
  ['channels', gateway, 'channels'],
  ['ws', bareWs, 'bare'],
  ['socket.io', socketIo, 'socketIo'],
  ['Nchan', nchan, 'nchan'],
  ['nats-server', nats, 'nats'],
]

/** The same done to every server, each in its own protocol. */
function everyone<Name extends 'fanOut' | 'connects' | 'memory'>(
  task: Name,
  options: Omit<FanOut, 'speech'> | Omit<Connects, 'speech'> | Omit<Memory, 'speech'>,
): Subject[] {
  return speaking.map(([label, peer, speech]) => ({ label, peer, task, options: { ...options, speech } }))
}

export function scenarios(extent: Extent): Scenario[] {
  const full = extent === 'full'
  const repetitions = full ? 3 : 1
  const time = full ? { warmUp: 2, seconds: 2 } : { warmUp: 0.1, seconds: 0.2 }
  const settle = full ? 1000 : 50
  const dialects = ['rooms', 'channels']
  const crowd = full ? 1000 : 20
  const members = full ? 100_000 : 600
  const beating = full ? 200 : 5
  // In little, starting servers is what takes the time: that each peer works, the fan-out shows.
  const some = (subjects: Subject[]): Subject[] => (full ? subjects : subjects.slice(0, 1))
  return [
    {
      name: 'start',
      says: 'From the start of the process, installed before, until it accepts connections.',
      subjects: [subject('Parlance', gateway, 'start', {}), subject('ws', bareWs, 'start', {})],
      repetitions,
      ours: [],
    },
    {
      name: 'fan-out',
      says: `${crowd} subscribers of one room, messages of 128 bytes, W of them kept in flight. Deliveries per second of server CPU. In \`channels\` every frame bears its recipient's own id and latency.`,
      subjects: everyone('fanOut', { rooms: 1, perRoom: crowd, windows: [1, 4, 32], ...time }),
      repetitions,
      ours: dialects,
    },
    {
      name: 'many rooms',
      says: `${full ? 500 : 5} rooms of 10; 32 messages go to one room, and when all have arrived 32 to the next. Deliveries per second of server CPU.`,
      subjects: some(everyone('fanOut', { rooms: full ? 500 : 5, perRoom: 10, windows: [32], ...time })),
      repetitions,
      ours: dialects,
    },
    {
      name: 'acknowledged publishes',
      says: '64 publishers, each waiting for the acknowledgement of its last message. Parlance acknowledges what is on the disk, over a WebSocket (`comms`) and over HTTP (`emit`); Nchan what is in its memory. Beside it, how often a second the disk synchronises 4 KiB.',
      subjects: [
        subject('comms', gateway, 'publishes', { by: 'comms', publishers: 64, ...time }),
        subject('emit', gateway, 'publishes', { by: 'emit', publishers: 64, ...time }),
        subject('Nchan', nchan, 'publishes', { by: 'nchan', publishers: 64, ...time }),
        subject('the disk', gateway, 'disk', { seconds: full ? 1 : 0.1 }),
      ],
      repetitions,
      ours: ['comms', 'emit'],
    },
    {
      name: 'heartbeats',
      says: `Heartbeats of \`comms\`, and an echo of the same frame by \`ws\`: ${beating} connections, one heartbeat of each under way. Answers per second of server CPU.`,
      subjects: [
        subject('comms', gateway, 'heartbeats', { by: 'comms', connections: beating, ...time }),
        subject('ws', bareWs, 'heartbeats', { by: 'echo', connections: beating, ...time }),
      ],
      repetitions,
      ours: ['comms'],
    },
    {
      name: 'connecting',
      says: 'Connect, be identified (a token in `channels`, a credential in `rooms`; the others know nobody), enter one of 100 rooms, leave; 32 at once. Connections per second of server CPU.',
      subjects: some(everyone('connects', { atOnce: 32, connections: full ? 2000 : 30 })),
      repetitions,
      ours: dialects,
    },
    {
      name: 'memory',
      says: 'Memory of the server per open connection that says nothing, in rooms of 10, garbage collected; and what is left of it when all have gone.',
      subjects: some(everyone('memory', { steps: full ? [1000, 5000, 15_000] : [20], settle })),
      repetitions: 1,
      inspectable: true,
      ours: dialects,
    },
    {
      name: 'resume',
      says: `${full ? 5000 : 20} clients are cut at once, miss 20 events each, and all come back at once. Everyone gets what they missed, once, in order, and what follows; else the benchmark fails.`,
      subjects: [
        subject('rooms, 5 of 1000', gateway, 'resume', {
          speech: 'rooms',
          rooms: 5,
          perRoom: full ? 1000 : 4,
          missed: 20,
        }),
        subject('channels, 100 of 50', gateway, 'resume', {
          speech: 'channels',
          rooms: full ? 100 : 5,
          perRoom: full ? 50 : 4,
          missed: 20,
        }),
      ],
      repetitions,
      ours: [],
    },
    {
      name: 'growth',
      says: 'A publish to a room of 10, and a disconnect, with more and more other rooms there, somebody in each. Server CPU.',
      subjects: [
        subject('channels', gateway, 'growth', {
          others: full ? [10, 1000, 10_000] : [10],
          publishes: full ? 3000 : 20,
          disconnects: full ? 1000 : 20,
        }),
      ],
      repetitions: 1,
      ours: [],
    },
    {
      name: 'churn',
      says: 'Users come into 500 rooms, are told who is there, and go, in a minute as many as in a day of a busy community: two such days. Memory with nobody there, garbage collected. It rises until the cache of the store is full (16 MiB).',
      subjects: [
        subject('channels', gateway, 'churn', {
          visits: full ? 15_000 : 20,
          rounds: full ? 7 : 2,
          atOnce: full ? 64 : 5,
          settle,
        }),
      ],
      repetitions: 1,
      inspectable: true,
      ours: [],
    },
    {
      name: 'guild',
      says: `A sharder of \`services\` keeps a guild of ${members.toLocaleString('en-US')} members in the cache while somebody else emits; then members are read by id over REST.`,
      subjects: [subject('services', gateway, 'guild', { members, lookups: full ? 5000 : 20 })],
      repetitions,
      ours: [],
    },
  ]
}
