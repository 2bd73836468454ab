import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Problem } from '../model/problem.ts'
import type { Clock, Random } from '../ports/clock.ts'
import type { Outbound } from '../ports/connection.ts'
import type { Dialect } from '../ports/dialect.ts'
import type { HttpReply, HttpRequest, HttpRoute } from '../ports/http.ts'
import type { Log, Metrics } from '../ports/log.ts'
import { MemberAudience } from './audience.ts'
import { Backlogs } from './backlogs.ts'
import { Door } from './door.ts'
import { tellAll, within } from './drain.ts'
import { EndedUsers } from './ended-users.ts'
import { createRequestListener, type HttpParts } from './http.ts'
import type { TransportLimits } from './limits.ts'
import { OpenSockets } from './open-sockets.ts'
import { type ApiInfo, openApiDocument } from './openapi.ts'
import { OriginPolicy } from './origin.ts'
import { Refusals } from './refusals.ts'
import { Registry } from './registry.ts'
import { render } from './reply.ts'
import { RouteTable } from './route-table.ts'
import { closeNow, finishRequests, HttpServer, startListening } from './server.ts'
import type { SocketConnection, Surroundings } from './socket-connection.ts'
import { StreamConnection } from './stream-connection.ts'
import { StreamWatch } from './stream-watch.ts'
import { TimingWheel } from './timing-wheel.ts'
import { Turn } from './turn.ts'
import { Upgrades } from './upgrade.ts'
import { WebSocketConnection } from './websocket-connection.ts'

export interface TransportOptions {
  readonly limits: TransportLimits
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  /** Origins of web pages that may connect, exactly as browsers send them. */
  readonly allowedOrigins: string[]
  /** How many proxies stand before the gateway whose `X-Forwarded-For` is to be believed. */
  readonly trustedHops: number
  readonly mode: 'development' | 'production'
}

/** What can be connected to. */
export interface Doors {
  readonly dialects: Dialect[]
  /** Besides those of the dialects. Where two routes fit a request, these come first. */
  readonly routes: HttpRoute[]
  readonly openApi: ApiInfo
}

export interface Transport {
  readonly outbound: Outbound
  /** Rejects when the port cannot be had. Port 0 takes a free one. */
  listen(doors: Doors, host: string, port: number): Promise<{ port: number }>
  /** Lets nobody in any more, tells every connection, spread over `ms`, and resolves when all are gone, or after `longest`. */
  drain(ms: number, longest: number): Promise<void>
  /** Ends everything at once and leaves no handle. */
  close(): Promise<void>
  stats(): { connections: number; buffered: number }
}

export function createTransport(options: TransportOptions): Transport {
  return new SocketTransport(options)
}

class SocketTransport implements Transport {
  readonly outbound: Outbound
  readonly #options: TransportOptions
  readonly #origins: OriginPolicy
  readonly #door: Door
  readonly #surroundings: Surroundings
  readonly #refusals: Refusals
  readonly #streamWatch: StreamWatch
  readonly #idPrefix: string
  #connectionCount = 0
  #server: HttpServer | null = null
  #upgrades: Upgrades | null = null
  #draining = false
  #cancelLook: (() => void) | null = null

  constructor(options: TransportOptions) {
    const { limits, clock, random, log, metrics, mode } = options
    this.#options = options
    this.#origins = new OriginPolicy(options.allowedOrigins, mode)
    this.#door = new Door(limits, clock, mode)
    this.#refusals = new Refusals(clock, log, metrics)
    this.#idPrefix = random.id(10)
    const backlogs = new Backlogs(clock, limits)
    const turn = new Turn(() => backlogs.settle())
    const registry = new Registry<SocketConnection>((connection) => this.#door.leave(connection.address))
    const wheel = new TimingWheel(clock)
    const endedUsers = new EndedUsers(clock)
    this.#surroundings = { limits, clock, log, metrics, turn, wheel, backlogs, registry, endedUsers }
    this.#streamWatch = new StreamWatch(this.#surroundings)
    this.outbound = {
      audience: (wire) => new MemberAudience(wire, turn),
      end: (userId, problem) => {
        endedUsers.add(userId, problem)
        for (const connection of registry.ofUser(userId)) connection.refuse(problem, true)
      },
    }
    metrics.gauge('connections', 'Open connections.', () => registry.size)
    metrics.gauge('outbound_backlog_bytes', 'Bytes that clients have not read yet.', () => backlogs.total)
  }

  async listen(doors: Doors, host: string, port: number): Promise<{ port: number }> {
    const { trustedHops, mode } = this.#options
    const { limits, log, metrics, backlogs } = this.#surroundings
    const server = new HttpServer(limits, new OpenSockets(limits, mode, trustedHops), this.#refusals)
    const parts: HttpParts = {
      routes: new RouteTable(withDocument(doors)),
      limits,
      log,
      metrics,
      backlogs,
      origins: this.#origins,
      trustedHops,
      isDraining: () => this.#draining,
      stream: this.#stream.bind(this),
    }
    server.on('request', createRequestListener(parts))
    const upgrades = new Upgrades({
      dialects: doors.dialects,
      origins: this.#origins,
      door: this.#door,
      trustedHops,
      surroundings: this.#surroundings,
      refusals: this.#refusals,
      nextId: () => this.#nextId(),
      closedBecause: () => this.#closedBecause(),
    })
    server.on('upgrade', (request, socket, head) => void upgrades.handle(request, socket, head))
    await startListening(server, host, port)
    this.#server = server
    this.#upgrades = upgrades
    this.#lookLater()
    this.#streamWatch.start()
    return { port: (server.address() as AddressInfo).port }
  }

  async drain(ms: number, longest: number): Promise<void> {
    this.#draining = true
    await within(longest, this.#empty(ms), this.#surroundings.clock)
  }

  async #empty(ms: number): Promise<void> {
    const { registry, clock, limits } = this.#surroundings
    // The last to be told still have time to answer before `ms` is over.
    await tellAll(registry.all(), clock, Math.max(0, ms - limits.closeGrace))
    await registry.empty()
    if (this.#server !== null) await finishRequests(this.#server, clock, limits.closeGrace)
  }

  async close(): Promise<void> {
    this.#draining = true
    this.#cancelLook?.()
    const { registry, turn, wheel, backlogs } = this.#surroundings
    this.#upgrades?.stop()
    this.#refusals.stop()
    this.#streamWatch.stop()
    for (const connection of registry.all()) connection.destroy()
    await registry.empty()
    turn.stop()
    wheel.stop()
    backlogs.stop()
    if (this.#server !== null) await closeNow(this.#server)
    this.#server = null
  }

  stats(): { connections: number; buffered: number } {
    const { registry, backlogs } = this.#surroundings
    return { connections: registry.size, buffered: backlogs.total }
  }

  #closedBecause(): Problem | null {
    return this.#draining ? new Problem('going_down', undefined, 1) : null
  }

  #nextId(): string {
    this.#connectionCount += 1
    return `${this.#idPrefix}-${this.#connectionCount}`
  }

  /** A response that stays open is a connection like others. */
  #stream(request: HttpRequest, response: ServerResponse, reply: HttpReply): void {
    const closedBecause = this.#closedBecause()
    if (closedBecause !== null) throw closedBecause
    // The client may have gone while the route thought; nothing would ever say so again.
    if (response.destroyed || response.socket === null) return
    this.#door.enter(request.address)
    const { headers } = render(reply)
    // With neither length nor chunks the body ends with the connection (RFC 9112 §6.3, case 8).
    response.useChunkedEncodingByDefault = false
    response.writeHead(reply.status, headers)
    response.flushHeaders()
    const connection = new StreamConnection(this.#nextId(), request.address, response, this.#surroundings)
    connection.start(reply.stream!)
  }

  /** Now and then looks whether someone began a message and never finishes it. */
  #lookLater(): void {
    const { clock, limits, registry } = this.#surroundings
    this.#cancelLook = clock.after(limits.unfinishedMessage, () => {
      for (const connection of registry.all()) {
        if (connection instanceof WebSocketConnection) connection.checkProgress()
      }
      this.#lookLater()
    })
  }
}

/** All routes, and the one that describes them. */
function withDocument({ dialects, routes, openApi }: Doors): HttpRoute[] {
  const all = [...routes, ...dialects.flatMap((dialect) => dialect.routes)]
  const document = openApiDocument(all, openApi)
  const documentRoute: HttpRoute = {
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'This document.',
    tag: 'gateway',
    replies: {},
    hidden: true,
    answer: () => ({ status: 200, body: document }),
  }
  return [documentRoute, ...all]
}
