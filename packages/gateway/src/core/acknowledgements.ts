import type { RoomId } from '../model/room.ts'
import type { Clock } from '../ports/clock.ts'
import type { AckReport } from '../ports/core.ts'

export interface AckWait {
  /** Resolves when all have acknowledged, or at the deadline. */
  readonly report: Promise<AckReport>
  /** Nobody is waiting after all. */
  cancel(): void
}

interface Waiting {
  readonly pending: Set<string>
  readonly acked: string[]
  finish(): void
}

/** Waits for listeners to acknowledge events. */
export class Acknowledgements {
  readonly #clock: Clock
  readonly #timeout: number
  readonly #isPresent: (room: RoomId, member: string) => boolean
  readonly #waiting = new Map<string, Waiting>()

  /** `timeout` in milliseconds; `isPresent` tells at the end who of the silent ones is still there. */
  constructor(clock: Clock, timeout: number, isPresent: (room: RoomId, member: string) => boolean) {
    this.#clock = clock
    this.#timeout = timeout
    this.#isPresent = isPresent
  }

  get size(): number {
    return this.#waiting.size
  }

  /** To be called before the event is sent. One who leaves may come back before the deadline and acknowledge. */
  wait(room: RoomId, eventId: string, members: readonly string[]): AckWait {
    const key = keyOf(room, eventId)
    const pending = new Set(members)
    const acked: string[] = []
    const { promise, resolve } = Promise.withResolvers<AckReport>()
    const cancel = (): void => {
      stopTimer()
      this.#waiting.delete(key)
    }
    const finish = (): void => {
      cancel()
      const silent = [...pending]
      const here = (member: string): boolean => this.#isPresent(room, member)
      resolve({ acked, pending: silent.filter(here), left: silent.filter((member) => !here(member)) })
    }
    const stopTimer = this.#clock.after(this.#timeout, finish)
    this.#waiting.set(key, { pending, acked, finish })
    if (pending.size === 0) finish()
    return { report: promise, cancel }
  }

  /** Changes nothing for an unknown event, a member nobody waits for, or one who has acknowledged before. */
  acknowledge(room: RoomId, eventId: string, member: string): void {
    const waiting = this.#waiting.get(keyOf(room, eventId))
    if (waiting === undefined || !waiting.pending.delete(member)) return
    waiting.acked.push(member)
    if (waiting.pending.size === 0) waiting.finish()
  }

  /** Ends every wait with what there is. */
  stop(): void {
    for (const waiting of [...this.#waiting.values()]) waiting.finish()
  }
}

function keyOf(room: RoomId, eventId: string): string {
  return `${eventId}\n${room}`
}
