import { setImmediate as nextTurn } from 'node:timers/promises'
import { unfold } from '../../model/entities/unfold.ts'
import type { Entity } from '../../model/entity.ts'
import type { EntityStore } from '../../ports/entities.ts'

/** How many entities are checked in one turn of the event loop, and under way to the store: a few milliseconds of either. */
const atOnce = 100

/** Keeps what one service sends to be cached. */
export class Caching {
  readonly #store: EntityStore
  readonly #fail: (error: unknown) => void
  #underWay = 0

  /** `fail` is called when the store could not keep something. */
  constructor(store: EntityStore, fail: (error: unknown) => void) {
    this.#store = store
    this.#fail = fail
  }

  /**
   * Keeps the data of op 5, once all of it has been checked. When it is not much, the store is asked at once, so that whoever
   * asks the gateway next sees it, and more may follow before it has answered; else more may follow when the promise resolves.
   *
   * Throws or rejects with `invalid_request`, naming the path.
   */
  keep(data: unknown): Promise<void> | undefined {
    const entities = unfold(data)
    const slice = take(entities)
    if (slice.length === atOnce) return this.#keepMany(slice, entities)
    const kept = this.#put(slice)
    return this.#underWay < atOnce ? undefined : kept
  }

  async #keepMany(first: Entity[], rest: Iterator<Entity>): Promise<void> {
    const slices: Entity[][] = []
    for (let slice = first; slice.length > 0; slice = take(rest)) {
      slices.push(slice)
      await nextTurn()
    }
    // One after the other, so that the store serves others in between.
    for (const slice of slices) await this.#put(slice)
  }

  async #put(slice: Entity[]): Promise<void> {
    this.#underWay += slice.length
    try {
      await this.#store.put(slice)
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#underWay -= slice.length
    }
  }
}

function take(entities: Iterator<Entity>): Entity[] {
  const taken: Entity[] = []
  while (taken.length < atOnce) {
    const next = entities.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}
