import type { DatabaseSync } from 'node:sqlite'
import { type Query, query } from './database.ts'

/** Several pages, more than an ordinary act takes: a disk with room for one page only must not look well. */
const bytes = 16_384

/** Tells whether the store can keep what it is given, by what happened to the last writes and, once one has failed, by a write of its own. */
export class Trial {
  readonly #update: Query<never>
  #due = false
  #made = false

  constructor(db: DatabaseSync) {
    this.#update = query(db, `UPDATE trials SET content = randomblob(${bytes})`)
  }

  /** Writes only after something failed; what fails now, or as the transaction is committed, is the answer. */
  check(): void {
    if (!this.#due) return
    this.#update.run()
    this.#made = true
  }

  flush(): void {}

  committed(): void {
    if (this.#made) this.#due = false
    this.#made = false
  }

  /** Whatever the reason was: a trial too many costs little. */
  rolledBack(): void {
    this.#due = true
    this.#made = false
  }
}
