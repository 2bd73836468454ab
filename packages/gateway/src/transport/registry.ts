interface Owned {
  /** Whose it is; null while it was not identified. */
  readonly userId: string | null
}

/** All connections of one transport, and whose they are. */
export class Registry<Connection extends Owned> {
  readonly #connections = new Set<Connection>()
  readonly #byUser = new Map<string, Connection[]>()
  readonly #removed: (connection: Connection) => void
  #whenEmpty: (() => void)[] = []

  /** `removed` is called for each connection whose socket has gone. */
  constructor(removed: (connection: Connection) => void) {
    this.#removed = removed
  }

  get size(): number {
    return this.#connections.size
  }

  all(): Connection[] {
    return [...this.#connections]
  }

  ofUser(userId: string): readonly Connection[] {
    return this.#byUser.get(userId) ?? []
  }

  add(connection: Connection): void {
    this.#connections.add(connection)
  }

  remove(connection: Connection): void {
    if (!this.#connections.delete(connection)) return
    if (connection.userId !== null) this.#forget(connection, connection.userId)
    this.#removed(connection)
    if (this.#connections.size > 0) return
    for (const call of this.#whenEmpty) call()
    this.#whenEmpty = []
  }

  /** The connection's `userId` is new; `before` is the former one. */
  identified(connection: Connection, before: string | null): void {
    if (before !== null) this.#forget(connection, before)
    if (connection.userId === null) return
    const others = this.#byUser.get(connection.userId)
    if (others === undefined) this.#byUser.set(connection.userId, [connection])
    else others.push(connection)
  }

  /** Resolves when no connection is left. */
  empty(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenEmpty.push(resolve)
    })
  }

  #forget(connection: Connection, userId: string): void {
    const others = this.#byUser.get(userId)?.filter((one) => one !== connection) ?? []
    if (others.length === 0) this.#byUser.delete(userId)
    else this.#byUser.set(userId, others)
  }
}
