import { setImmediate as nextTurn } from 'node:timers/promises'
import { unfold } from '../../model/entities/unfold.ts'
import type { Entity } from '../../model/entity.ts'
import type { EntityStore } from '../../ports/entities.ts'

/** How many entities are checked in one turn of the event loop, and kept at once: a few milliseconds of either. */
const atOnce = 500

/**
 * Keeps what a service sent to be cached (the data of op 5): all of it is checked before any of it is kept. The store is asked
 * before this returns where it is not much, so that whoever asks the gateway next sees it.
 *
 * Rejects with `invalid_request`, naming the path, or as the store does.
 */
export async function cache(store: EntityStore, data: unknown): Promise<void> {
  const slices: Entity[][] = []
  const entities = unfold(data)
  for (let slice = take(entities); slice.length > 0; slice = take(entities)) {
    slices.push(slice)
    if (slice.length < atOnce) break
    await nextTurn()
  }
  for (const slice of slices) await store.put(slice)
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
