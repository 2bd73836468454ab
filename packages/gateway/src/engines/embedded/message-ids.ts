import type { DatabaseSync } from 'node:sqlite'
import { type Query, query } from './database.ts'

/** Gives messages their ids, each once: an id does not come back when its message has been trimmed. */
export class MessageIds {
  readonly #update: Query<never>
  #committed: number
  #next: number

  constructor(db: DatabaseSync) {
    this.#update = query(db, 'UPDATE message_ids SET next = ?')
    this.#committed = query<{ next: number }>(db, 'SELECT next FROM message_ids').get()?.next ?? 1
    this.#next = this.#committed
  }

  get next(): number {
    return this.#next
  }

  used(id: number): void {
    this.#next = id + 1
  }

  /** Before a commit. */
  flush(): void {
    if (this.#next !== this.#committed) this.#update.run(this.#next)
  }

  committed(): void {
    this.#committed = this.#next
  }

  rolledBack(): void {
    this.#next = this.#committed
  }
}
