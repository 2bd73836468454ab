import { join } from 'node:path'
import { startDiscordBridge } from '../bridges/discord/bridge.ts'
import { checkWebhookLink } from '../bridges/discord/link.ts'
import { createCore } from '../core/core.ts'
import { createServices } from '../core/services/services.ts'
import { channelsDialect } from '../dialects/channels/dialect.ts'
import { commsDialect } from '../dialects/comms/dialect.ts'
import { messengerDialect } from '../dialects/messenger/dialect.ts'
import { roomsDialect } from '../dialects/rooms/dialect.ts'
import { servicesDialect } from '../dialects/services/dialect.ts'
import { openEmbeddedEngine } from '../engines/embedded/engine.ts'
import type { Clock, Random } from '../ports/clock.ts'
import type { Dialect } from '../ports/dialect.ts'
import type { Log } from '../ports/log.ts'
import { createTransport } from '../transport/transport.ts'
import { asyncApiRoutes } from './asyncapi/routes.ts'
import { frameTables } from './asyncapi/tables.ts'
import { systemClock } from './clock.ts'
import { Closers } from './closers.ts'
import type { Config } from './config/schema.ts'
import { deadLetterRoute } from './dead-letters.ts'
import { stderrLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { operationRoutes } from './operations.ts'
import { systemRandom } from './random.ts'
import { type Phase, readinessOf } from './readiness.ts'
import { makeDataFolder, secretOf, servicesSecretOf } from './secret.ts'
import {
  channelsOptions,
  coreSettings,
  dialectLimits,
  drainTime,
  longestDrain,
  messengerOptions,
  roomsOptions,
  servicesOptions,
  servicesSettings,
  storeSettings,
} from './settings.ts'
import { version } from './version.ts'

/** What a gateway takes from its surroundings; this machine's where absent. */
export interface GatewayParts {
  readonly clock?: Clock
  readonly random?: Random
  readonly log?: Log
  /** Measure the process as well: for a process that is nothing but this gateway. */
  readonly measureProcess?: boolean
}

export interface Gateway {
  /** Without a slash at the end. */
  readonly url: string
  readonly port: number
  /** What can be connected where, for people. */
  readonly doors: Dialect['doors']
  /** Tells the clients, closes their connections over the drain time, then everything else. Resolves when all is closed. */
  stop(): Promise<void>
}

/** Starts a gateway. Resolves when it accepts connections; rejects, with everything closed again, when it cannot. */
export async function startGateway(config: Config, parts: GatewayParts = {}): Promise<Gateway> {
  const { clock = systemClock, random = systemRandom } = parts
  const log = parts.log ?? stderrLog(config, clock)
  const { limits, origins, trustedHops, mode } = config
  const tools = { clock, random, log, limits: dialectLimits(config) }
  const metrics = createMetrics({ processToo: parts.measureProcess ?? false })
  const closers = new Closers(log)
  let phase: Phase = 'starting'

  try {
    makeDataFolder(config.data)
    const secret = secretOf(config, random)

    const engine = await openEmbeddedEngine({
      ...tools,
      path: join(config.data, 'parlance.db'),
      settings: storeSettings(config),
    })
    closers.add('the store', () => engine.close())

    const bridge = startDiscordBridge({ ...tools, metrics, outbox: engine.outbox, settings: config.discord })
    closers.add('the bridge to Discord', () => bridge.stop())

    const transport = createTransport({
      ...tools,
      metrics,
      limits,
      allowedOrigins: [...origins],
      trustedHops,
      mode,
    })
    const core = createCore({
      ...tools,
      metrics,
      engine,
      outbound: transport.outbound,
      settings: coreSettings(config, secret),
    })
    core.onDelivery(() => bridge.wake())
    closers.add('the core', () => core.stop())
    closers.add('the transport', () => transport.close())

    const checkLink = (link: string) => checkWebhookLink(link, config.discord)
    const dialects = [
      roomsDialect(core, roomsOptions(config, checkLink), tools),
      commsDialect(core, config.comms, tools),
      messengerDialect(core, messengerOptions(config), tools),
      channelsDialect(core, channelsOptions(config), tools),
    ]
    const servicesSecret = servicesSecretOf(config, random)
    if (servicesSecret !== null) {
      const services = createServices({ ...tools, metrics, settings: servicesSettings(config) })
      closers.add('the services', async () => services.stop())
      dialects.push(
        servicesDialect(services, engine.entities, servicesOptions(config, servicesSecret), tools),
      )
    }
    const doors = dialects.flatMap((dialect) => dialect.doors)
    const readiness = readinessOf({ phase: () => phase, store: () => engine.check(), clock })
    const spoken = new Set(dialects.map(({ name }) => name))
    const tables = frameTables(config).filter(({ title }) => spoken.has(title))
    const routes = [
      ...asyncApiRoutes(tables, version),
      ...operationRoutes({ readiness, metrics, doors }),
      deadLetterRoute({ accounts: core.accounts, outbox: engine.outbox }),
    ]
    const openApi = {
      title: 'Parlance',
      version,
      description: 'One real-time gateway; clients of several WebSocket protocols meet in its rooms.',
    }
    const { port } = await transport.listen({ dialects, routes, openApi }, config.host, config.port)
    phase = 'ready'

    closers.add('the connections', async () => {
      phase = 'draining'
      core.drain()
      // Posts take as long as the webhooks let them; those that have not begun wait in the store.
      void bridge.stop()
      await transport.drain(drainTime(config), longestDrain)
    })
    return { url: urlOf(config.host, port), port, doors, stop: () => closers.close() }
  } catch (error) {
    await closers.close()
    throw error
  }
}

/** An address that a browser on this machine can be given, even when the gateway listens on all addresses. */
function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}
