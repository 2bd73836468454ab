import { type CoreSettings, defaultCoreSettings } from '../core/settings.ts'
import type { ChannelsOptions } from '../dialects/channels/options.ts'
import type { RoomsOptions } from '../dialects/rooms/options.ts'
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
    ackTimeout: channels.ackTimeout,
    idleRoom: rooms.idleHours * hour,
    retention: { public: kept('public'), members: kept('members') },
    upkeepEvery: retention.interval,
    maxParticipants: rooms.maxParticipants,
  }
}

export function channelsOptions({ channels, mode, origins }: Config): ChannelsOptions {
  const { pingInterval, pongTimeout, maxPresence, openPatterns } = channels
  return {
    pingInterval,
    pongTimeout,
    maxPresence,
    openPatterns,
    requireToken: mode === 'production',
    allowedOrigins: origins,
  }
}

export function roomsOptions({ rooms }: Config, checkWebhookLink: (link: string) => void): RoomsOptions {
  const { maxParticipants: _core, idleHours: _too, ...options } = rooms
  return { ...options, checkWebhookLink }
}

/** Over how many milliseconds a planned stop spreads the closing of connections. */
export function drainTime({ drainSeconds, mode }: Config): number {
  return 1000 * (drainSeconds ?? (mode === 'production' ? 20 : 0))
}
