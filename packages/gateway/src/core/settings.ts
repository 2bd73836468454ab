import type { RoomAccess } from '../model/room.ts'
import type { Retention } from '../ports/engine.ts'
import type { Guessing } from './passwords.ts'
import type { Allowance } from './rate.ts'

export interface CoreSettings {
  readonly accounts: AccountSettings
  /** How long a session can be resumed after its connection has gone, in milliseconds. */
  readonly resumeWindow: number
  /** The most events a resume replays; beyond it is a gap. */
  readonly replayLimit: number
  /** The most bytes of them: all of a replay is written at once, and may not be more than a client may leave unread. */
  readonly replayBytes: number
  /** How long a repeated request gets what the first one got, in milliseconds. */
  readonly repeatWindow: number
  /** How long an emit waits for acknowledgements, in milliseconds. */
  readonly ackTimeout: number
  /** How long a room may go unwritten before it is closed, in milliseconds; 0: for ever. */
  readonly idleRoom: number
  readonly retention: Readonly<Record<RoomAccess, Retention>>
  /** How often upkeep looks for what has expired, in milliseconds. */
  readonly upkeepEvery: number
  /** Whom a user may write to who has no room with them yet: anyone, users who have been here, or nobody. */
  readonly reachable: 'anyone' | 'known' | 'acquainted'
  /** What one connection, or over HTTP one caller, may write, edit, delete, emit, kick and change in one room. `perSecond` 0: no limit. */
  readonly publishing: Allowance
  /** The most rooms one connection is in at a time. */
  readonly roomsPerConnection: number
  /** Rooms that one address or user may make, and join for good. `perSecond` 0: no limit. */
  readonly joining: Allowance
  /** Wrong admin passwords a minute for one room: from one address, and from all together. */
  readonly guessing: Guessing
  /** What a room made through the REST API may have at most, where it does not say. */
  readonly maxParticipants: number
}

export interface AccountSettings {
  /** The key of HS256 tokens; at least 32 characters in production. */
  readonly secret: string
  /** Where the keys of asymmetrically signed tokens are published (RFC 7517); null: only the secret counts. */
  readonly jwksUrl: string | null
  /** What `iss` and `aud` must be; null: not looked at. */
  readonly issuer: string | null
  readonly audience: string | null
}

const day = 86_400_000

export const defaultCoreSettings: Omit<CoreSettings, 'accounts'> = {
  resumeWindow: 120_000,
  replayLimit: 1000,
  replayBytes: 4 * 1024 * 1024,
  repeatWindow: 300_000,
  ackTimeout: 5000,
  idleRoom: 3 * day,
  retention: { public: { events: 10_000, age: 7 * day }, members: { events: 100_000, age: 0 } },
  upkeepEvery: 60_000,
  reachable: 'known',
  publishing: { perSecond: 50, burst: 100 },
  roomsPerConnection: 128,
  joining: { perSecond: 20, burst: 200 },
  guessing: { perAddress: 5, perRoom: 50 },
  maxParticipants: 100,
}
