import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClientOptions } from 'ws'
import { configOf } from '../src/app/config/load.ts'
import type { PartialConfig } from '../src/app/config/schema.ts'
import { type Gateway, type GatewayParts, startGateway } from '../src/app/gateway.ts'
import { type HttpAnswer, type HttpOptions, request } from './support/http-client.ts'
import { SocketClient } from './support/socket-client.ts'
import { type Exit, SpawnedGateway, type Surroundings } from './support/spawned-gateway.ts'
import { makeToken, type TokenClaims } from './support/tokens.ts'

export type { HttpAnswer, HttpOptions } from './support/http-client.ts'
export { type Closing, Refused, SocketClient } from './support/socket-client.ts'
export type { TokenClaims } from './support/tokens.ts'

/** The secret of every gateway that tests start, so that they can sign tokens. */
export const testSecret = 'the secret of gateways that are started by tests'

/** A gateway to talk to, wherever it runs. */
export interface Target {
  readonly url: string
}

/** A gateway of a test's own, on a free port, with a folder of its own. */
export interface TestGateway extends Target {
  readonly data: string
  /** Stops it and starts it again on the same folder. The port changes; what is not given stays as it was. */
  restart(overrides?: PartialConfig): Promise<void>
  /** Stops it; the folder stays. */
  stop(): Promise<void>
  /** Stops it and removes its folder. */
  dispose(): Promise<void>
}

/** A gateway in a process of its own. */
export interface TestProcess extends Target {
  readonly data: string
  readonly spawned: SpawnedGateway
  /** `kill -9`, then a new process on the same folder. */
  crash(): Promise<void>
  /** A planned stop, then a new process on the same folder; how the old one ended. */
  restart(): Promise<Exit>
  dispose(): Promise<void>
}

/** Starts a gateway in this process. What it logs is dropped unless `parts` has a log. */
export async function startTestGateway(
  overrides: PartialConfig = {},
  parts: GatewayParts = {},
): Promise<TestGateway> {
  const data = mkdtempSync(join(tmpdir(), 'parlance-test-'))
  let wanted = overrides
  let gateway: Gateway = await start()

  function start(): Promise<Gateway> {
    return startGateway(configOf({ ...testConfig, ...wanted, port: 0, data }), parts)
  }

  return {
    data,
    get url() {
      return gateway.url
    },
    async restart(changes = {}) {
      wanted = { ...wanted, ...changes }
      await gateway.stop()
      gateway = await start()
    },
    stop: () => gateway.stop(),
    async dispose() {
      await gateway.stop()
      rmSync(data, { recursive: true })
    },
  }
}

/** Starts a gateway in a process of its own, with the same configuration. */
export async function spawnGateway(
  overrides: PartialConfig = {},
  around?: (data: string) => Surroundings,
): Promise<TestProcess> {
  const data = mkdtempSync(join(tmpdir(), 'parlance-test-'))
  const config: PartialConfig = { ...testConfig, log: { level: 'info' }, ...overrides }
  const start = () => SpawnedGateway.start(data, config, around?.(data))
  let spawned = await start()
  return {
    data,
    get url() {
      return spawned.url
    },
    get spawned() {
      return spawned
    },
    async crash() {
      await spawned.kill('SIGKILL')
      spawned = await start()
    },
    async restart() {
      const exit = await spawned.kill('SIGTERM')
      spawned = await start()
      return exit
    },
    async dispose() {
      await spawned.kill('SIGKILL')
      rmSync(data, { recursive: true })
    },
  }
}

const testConfig: PartialConfig = { secret: testSecret, log: { level: 'silent' } }

/** A token that the gateways of tests take. */
export function tokenFor(sub: string, claims?: TokenClaims): string {
  return makeToken(testSecret, sub, claims)
}

/** One HTTP request, such as `http(gateway, 'POST', '/lobby/emit', { json: { hello: 'world' } })`. */
export function http(
  { url }: Target,
  method: string,
  path: string,
  options?: HttpOptions,
): Promise<HttpAnswer> {
  return request(method, `${url}${path}`, options)
}

type Query = Readonly<Record<string, string>>

/** A client of the protocol `rooms`. */
export function connectRooms(gateway: Target, query: Query, options?: ClientOptions): Promise<SocketClient> {
  return SocketClient.open(socketUrl(gateway, '/gateway', query), options)
}

export interface ChannelsOptions extends ClientOptions {
  readonly query?: Query
  readonly bearer?: string
}

/** A client of the protocol `channels`. */
export function connectChannels(
  gateway: Target,
  channel: string,
  { query = {}, bearer, headers = {}, ...options }: ChannelsOptions = {},
): Promise<SocketClient> {
  const url = socketUrl(gateway, `/${encodeURIComponent(channel)}/listen`, query)
  const identified = bearer === undefined ? headers : { ...headers, authorization: `Bearer ${bearer}` }
  return SocketClient.open(url, { headers: identified, ...options })
}

/** Where a WebSocket of the gateway is. */
export function socketUrl({ url }: Target, path: string, query: Query = {}): URL {
  const target = new URL(path, url.replace(/^http/, 'ws'))
  target.search = new URLSearchParams(query).toString()
  return target
}
