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
    const idleSince = now - settings.idleRoom
    for (const room of await engine.upkeep.idle(idleSince, roomsAtOnce)) {
      try {
        await expire(room, idleSince)
      } catch (error) {
        log.error({ err: error, room: room.id }, 'an idle room could not be closed; it will be tried again')
      }
    }
  }

  /**
   * A public room with someone in it is in use, however quiet: entering it anew marks it so. What is written while others are
   * expired before it keeps a room, too.
   */
  async function expire(room: Room, idleSince: number): Promise<void> {
    if (room.access === 'public' && occupied(room)) await rooms.touch(room.id)
    else await rooms.close(room.id, system, 'idle', idleSince)
  }

  return async () => {
    cancel()
    await running
    cancel()
  }
}
