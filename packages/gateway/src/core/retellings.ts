import type { RoomEvent } from '../model/event.ts'
import type { Encoded } from '../ports/connection.ts'
import type { Speech } from '../ports/core.ts'

interface Retold {
  readonly event: RoomEvent
  readonly encoded: Encoded | null
}

/**
 * What was missed, encoded once for all who are told the same list in the same speech. When a network comes back, the engine gives
 * many clients of a room one list, and encoding it for each would hold the event loop up.
 */
export class Retellings {
  readonly #known = new WeakMap<readonly RoomEvent[], Map<Speech, readonly Retold[]>>()

  of(events: readonly RoomEvent[], speech: Speech): readonly Retold[] {
    let speeches = this.#known.get(events)
    if (speeches === undefined) {
      speeches = new Map()
      this.#known.set(events, speeches)
    }
    let retold = speeches.get(speech)
    if (retold === undefined) {
      retold = events.map((event) => ({ event, encoded: speech.encode(event) }))
      speeches.set(speech, retold)
    }
    return retold
  }
}
