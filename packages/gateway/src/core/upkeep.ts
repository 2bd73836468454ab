import { system } from '../model/participant.ts'
import type { Room } from '../model/room.ts'
import type { Clock } from '../ports/clock.ts'
import type { Rooms } from '../ports/core.ts'
import type { Engine } from '../ports/engine.ts'
import type { Log } from '../ports/log.ts'
import type { CoreSettings } from './settings.ts'

interface UpkeepTools {
  readonly engine: Engine
  readonly rooms: Rooms
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<CoreSettings, 'idleRoom' | 'retention' | 'upkeepEvery'>
  readonly occupied: (room: Room) => boolean
}

const roomsAtOnce = 500

/** Looks every so often for what has expired: events, keys, sessions, rooms. The function returned stops it. */
export function startUpkeep({
  engine,
  rooms,
  clock,
  log,
  settings,
  occupied,
}: UpkeepTools): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let cancel = clock.after(settings.upkeepEvery, round)

  function round(): void {
    running = once()
      .catch((error: unknown) => log.error({ err: error }, 'upkeep failed; it will be tried again'))
      .then(() => {
        cancel = clock.after(settings.upkeepEvery, round)
      })
  }

  async function once(): Promise<void> {
    const now = clock.now()
    await engine.upkeep.trim(now, settings.retention)
    if (settings.idleRoom === 0) return
    for (const room of await engine.upkeep.idle(now - settings.idleRoom, roomsAtOnce)) await expire(room)
  }

  /** A public room with someone in it is in use, however quiet: entering it anew marks it so. */
  async function expire(room: Room): Promise<void> {
    if (room.access === 'public' && occupied(room)) await rooms.touch(room.id)
    else await rooms.close(room.id, system, 'idle')
  }

  return async () => {
    cancel()
    await running
    cancel()
  }
}
