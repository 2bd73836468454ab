import Type, { type Static } from 'typebox'
import { defaultDiscordSettings } from '../../bridges/discord/settings.ts'
import { defaultCoreSettings } from '../../core/settings.ts'
import { defaultChannelsOptions } from '../../dialects/channels/options.ts'
import { defaultStoreSettings } from '../../engines/embedded/settings.ts'
import { commsSection } from './comms.ts'
import { textOrNull, texts, whole } from './fields.ts'
import { limitsSection } from './limits.ts'
import { messengerSection } from './messenger.ts'
import { roomsSection } from './rooms.ts'
import { servicesSection } from './services.ts'

const day = 86_400_000

const retentionOf = (access: 'public' | 'members', who: string) => {
  const { events, age } = defaultCoreSettings.retention[access]
  return Type.Object(
    {
      events: whole(events, 'How many events of a room are kept at most; 0: no such bound.'),
      ageDays: whole(age / day, 'How old an event may grow, in days; 0: no such bound.'),
    },
    { description: who },
  )
}

/**
 * Everything that can be configured. The types, the checks, the names of environment variables, `check-config` and
 * `docs/configuration.md` all come from here. Besides JSON Schema's own words a key may say `secret` (never shown) and
 * `expects` (the end of the sentence "… must be …").
 */
export const configSchema = Type.Object({
  port: whole(8080, 'Where to listen; 0 picks a free port and prints it.', 0, 65_535),
  host: Type.String({
    default: '127.0.0.1',
    minLength: 1,
    description: 'The address to listen on. `0.0.0.0` or `::` is every address of this machine.',
  }),
  data: Type.String({
    default: './data',
    minLength: 1,
    description:
      'The folder everything is kept in; made when it is not there. Relative to the current folder.',
  }),
  mode: Type.Enum(['development', 'production'], {
    default: 'development',
    description:
      '`development` makes a secret of its own, lets pages from this machine connect, lets anyone emit, and stops at once. `production` needs a secret, and a token to emit.',
  }),
  secret: textOrNull(
    'The key that signs and verifies tokens (HS256). Production mode needs one of at least 32 characters; development mode makes one and keeps it in `<data>/secret`.',
    { secret: true },
  ),
  servicesSecret: textOrNull(
    'What a service proves itself with (the protocol `services`). Production mode: at least 32 characters, and without it nothing can be a service; development mode makes one and keeps it in `<data>/services-secret`.',
    {
      secret: true,
    },
  ),
  origins: texts(
    [],
    'Origins of web pages that may connect, besides the gateway’s own; exact. Empty in development mode: every origin of this machine.',
    {
      pattern: '^https?://[^/?#@\\s]+$',
      expects: 'an origin such as "https://chat.example.com" (no path)',
    },
  ),
  trustedHops: whole(
    0,
    'How many proxies stand before the gateway: which address of `X-Forwarded-For`, counted from the right, is the client’s. 0: the header is not believed.',
    0,
    10,
  ),
  drainSeconds: Type.Union([Type.Integer({ minimum: 0, maximum: 20 }), Type.Null()], {
    default: null,
    expects: 'an integer from 0 to 20, or null',
    description:
      'Over how many seconds a planned stop spreads the closing of connections. null: 20 in production mode, 0 in development mode.',
  }),
  log: Type.Object(
    {
      level: Type.Enum(['info', 'warn', 'error', 'silent'], {
        default: 'info',
        description: 'What is logged, and all that is worse.',
      }),
    },
    { description: 'The log: on stderr, JSON in production mode, short lines in development mode.' },
  ),
  jwt: Type.Object(
    {
      jwksUrl: textOrNull(
        'Where the keys of tokens signed by somebody else are published (JWK Set, RFC 7517). Tokens signed with `secret` are good besides.',
        { pattern: '^https?://\\S+$', expects: 'an http(s) URL' },
      ),
      issuer: textOrNull('What `iss` of a token must be; null: anything.'),
      audience: textOrNull('What `aud` of a token must be or have; null: anything.'),
    },
    { description: 'Tokens (JWT): who may sign them.' },
  ),
  sessions: Type.Object(
    {
      resumeWindow: whole(
        defaultCoreSettings.resumeWindow,
        'How long after its connection has gone a session can be resumed, in milliseconds.',
      ),
      replayLimit: whole(
        defaultCoreSettings.replayLimit,
        'The most events a resume replays; whoever missed more is told of a gap.',
        1,
      ),
      replayBytes: whole(
        defaultCoreSettings.replayBytes,
        'The most bytes of events a resume replays; whoever missed more is told of a gap. At most half of `limits.hardBacklog`.',
        1,
      ),
      repeatWindow: whole(
        defaultCoreSettings.repeatWindow,
        'How long a request that is repeated (same sender, same idempotency key) does nothing and gets what the first one got, in milliseconds. Clients count on five minutes.',
      ),
    },
    { description: 'What outlives a connection.' },
  ),
  rooms: roomsSection,
  channels: Type.Object(
    {
      pingInterval: whole(
        defaultChannelsOptions.pingInterval,
        'How often a client is sent a PING, in milliseconds.',
        1,
      ),
      pongTimeout: whole(
        defaultChannelsOptions.pongTimeout,
        'How long a client may stay silent after a PING, in milliseconds.',
        1,
      ),
      maxPresence: whole(defaultChannelsOptions.maxPresence, 'Largest presence data, in bytes.', 2),
      earlyFrames: whole(
        defaultChannelsOptions.earlyFrames,
        'Frames of a client that may wait for CONNECTED to be sent.',
        1,
      ),
      openPatterns: texts(
        defaultChannelsOptions.openPatterns,
        'Channels that anyone may emit to in production mode; `*` stands for any characters.',
      ),
      ackTimeout: whole(
        defaultCoreSettings.ackTimeout,
        'How long an emit with `require-ack` waits for acknowledgements, in milliseconds.',
        1,
      ),
    },
    { description: 'The protocol `channels`.' },
  ),
  comms: commsSection,
  messenger: messengerSection,
  services: servicesSection,
  retention: Type.Object(
    {
      interval: whole(
        defaultCoreSettings.upkeepEvery,
        'How often the gateway looks for what has expired, in milliseconds.',
        1,
      ),
      inbox: whole(
        defaultStoreSettings.keptItems,
        'How many of the newest events of each user of `messenger` are kept.',
        1,
      ),
      public: retentionOf('public', 'Rooms anyone may enter: channels.'),
      members: retentionOf('members', 'Rooms for their members, made through the REST API.'),
    },
    { description: 'How long a room’s log is kept.' },
  ),
  discord: Type.Object(
    {
      hosts: texts(
        defaultDiscordSettings.hosts,
        'Hosts a webhook may be on; reached by https, never at a private address.',
        { pattern: '^[a-z0-9-]+(\\.[a-z0-9-]+)+$', expects: 'a host name in lower case' },
      ),
      trustedOrigins: texts(
        defaultDiscordSettings.trustedOrigins,
        'Origins of webhooks let through whatever their scheme, port and address: a relay of your own. Guards nothing; keep it empty otherwise.',
        { pattern: '^https?://[a-z0-9.:-]+$', expects: 'an origin such as "http://127.0.0.1:8123"' },
      ),
      timeout: whole(
        defaultDiscordSettings.timeout,
        'How long one post may take, in milliseconds.',
        1,
        20_000,
      ),
      inFlight: whole(
        defaultDiscordSettings.inFlight,
        'How many webhooks are posted to at the same time.',
        1,
        1000,
      ),
      attempts: whole(
        defaultDiscordSettings.attempts,
        'How often a message is tried before it is given up; being told to wait does not count.',
        1,
      ),
      firstRetry: whole(
        defaultDiscordSettings.firstRetry,
        'The pause after the first failure, in milliseconds; it doubles with each further one.',
        1,
      ),
      longestRetry: whole(
        defaultDiscordSettings.longestRetry,
        'The longest pause between attempts, in milliseconds.',
        1,
      ),
    },
    { description: 'The bridge to Discord webhooks.' },
  ),
  limits: limitsSection,
})

/** The effective configuration: every key present and checked, frozen to its leaves. */
export type Config = Frozen<Static<typeof configSchema>>

/** Some of the configuration; the rest comes from elsewhere. */
export type PartialConfig = Some<Config>

type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value

type Some<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: Some<Value[Key]> }
    : Value
