import { builtInEvents, type ServicesSettings } from '../core/services/settings.ts'
import { type CoreSettings, defaultCoreSettings } from '../core/settings.ts'
import type { ChannelsOptions } from '../dialects/channels/options.ts'
import type { MessengerOptions } from '../dialects/messenger/options.ts'
import type { RoomsOptions } from '../dialects/rooms/options.ts'
import type { ServicesOptions } from '../dialects/services/options.ts'
import type { StoreSettings } from '../engines/embedded/settings.ts'
import type { DialectLimits } from '../ports/dialect.ts'
import type { Config } from './config/schema.ts'

const day = 86_400_000
const hour = 3_600_000

/** What each part of the gateway is told of the configuration. */

export function coreSettings(config: Config, secret: string): CoreSettings {
  const { jwt, sessions, rooms, channels, retention } = config
  const kept = (access: 'public' | 'members') => ({
    events: retention[access].events,
    age: retention[access].ageDays * day,
  })
  return {
    ...defaultCoreSettings,
    accounts: { secret, ...jwt },
    resumeWindow: sessions.resumeWindow,
    replayLimit: sessions.replayLimit,
    replayBytes: sessions.replayBytes,
    repeatWindow: sessions.repeatWindow,
    ackTimeout: channels.ackTimeout,
    idleRoom: rooms.idleHours * hour,
    retention: { public: kept('public'), members: kept('members') },
    upkeepEvery: retention.interval,
    roomsPerConnection: rooms.perConnection,
    publishing: { perSecond: rooms.messagesPerSecond, burst: rooms.messageBurst },
    joining: { perSecond: rooms.joinsPerSecond, burst: rooms.joinBurst },
    maxParticipants: rooms.maxParticipants,
    guessing: { perAddress: rooms.guessesPerAddress, perRoom: rooms.guessesPerRoom },
    reachable: reachableUsers(config),
  }
}

export function storeSettings({ sessions, retention, limits }: Config): StoreSettings {
  return {
    repeatWindow: sessions.repeatWindow,
    resumeWindow: sessions.resumeWindow,
    keptItems: retention.inbox,
    longestQueue: limits.storeQueue,
  }
}

function reachableUsers({ messenger, mode }: Config): CoreSettings['reachable'] {
  if (!messenger.openDialogs) return 'acquainted'
  return mode === 'production' ? 'known' : 'anyone'
}

export function dialectLimits({ limits, rooms }: Config): DialectLimits {
  const { jsonDepth, idempotencyKey, waitingRequests } = limits
  return { jsonDepth, idempotencyKey, waitingRequests, roomName: rooms.maxName }
}

export function messengerOptions({ messenger }: Config): MessengerOptions {
  const { openDialogs: _core, ...options } = messenger
  return options
}

export function channelsOptions({ channels, mode }: Config): ChannelsOptions {
  const { pingInterval, pongTimeout, maxPresence, earlyFrames, openPatterns } = channels
  return {
    pingInterval,
    pongTimeout,
    maxPresence,
    earlyFrames,
    openPatterns,
    requireToken: mode === 'production',
  }
}

export function roomsOptions({ rooms }: Config, checkWebhookLink: (link: string) => void): RoomsOptions {
  const { heartbeatInterval, heartbeatGrace } = rooms
  return { heartbeatInterval, heartbeatGrace, checkWebhookLink }
}

export function servicesSettings({ services, sessions }: Config): ServicesSettings {
  const { shards, sharders, shardGrace, waitTime, waitMost, heartbeatInterval, events } = services
  return {
    shards,
    sharders,
    shardGrace,
    resumeWindow: sessions.resumeWindow,
    waitTime,
    waitMost,
    overdueAfter: 1.5 * heartbeatInterval,
    events: [...builtInEvents, ...events],
  }
}

export function servicesOptions({ services }: Config, secret: string): ServicesOptions {
  return { ...services, secret }
}

/**
 * What a stop gives clients at most, in milliseconds, however long they may take by the configuration: whoever stops us kills us after
 * 30 s, and the store is still to be closed.
 */
export const longestDrain = 25_000

/** Over how many milliseconds a planned stop spreads the closing of connections. */
export function drainTime({ drainSeconds, mode }: Config): number {
  return 1000 * (drainSeconds ?? (mode === 'production' ? 20 : 0))
}
