import type { Audience, Connection, Encoded, Outbound, Wire } from '../../src/ports/connection.ts'

/** A connection that remembers what it was sent, for tests of what stands above the transport. */
export class FakeConnection implements Connection {
  readonly id: string
  readonly wire: Wire = 'websocket'
  readonly sent: Encoded[] = []
  readonly wakes: number[] = []
  stamp = ''
  pings = 0
  userId: string | null = null
  open = true
  closedWith: { code: number; reason: string } | null = null

  constructor(id: string) {
    this.id = id
  }

  send(encoded: Encoded): void {
    this.sent.push(encoded)
  }

  close(code: number, reason: string): void {
    this.open = false
    this.closedWith ??= { code, reason }
  }

  identify(userId: string): void {
    this.userId = userId
  }

  limitMessages(): void {}

  ping(): void {
    this.pings += 1
  }

  pause(): void {}

  resume(): void {}

  wakeIn(ms: number): void {
    this.wakes.push(ms)
  }
}

class FakeAudience implements Audience {
  readonly #connections = new Set<Connection>()

  get size(): number {
    return this.#connections.size
  }

  add(connection: Connection): void {
    this.#connections.add(connection)
  }

  remove(connection: Connection): void {
    this.#connections.delete(connection)
  }

  publish(encoded: Encoded, except?: ReadonlySet<Connection>): void {
    for (const connection of this.#connections) if (!except?.has(connection)) connection.send(encoded)
  }
}

export const fakeOutbound: Outbound = { audience: () => new FakeAudience(), end() {} }
