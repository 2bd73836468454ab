import type { Actor } from '../../model/participant.ts'
import { Problem } from '../../model/problem.ts'
import type { Room } from '../../model/room.ts'
import type { Rooms } from '../../ports/core.ts'

/** The room of a channel, as this caller may be in it; null for a channel nobody has used yet. Looking at it does not make it. */
export async function findRoom(rooms: Rooms, channel: string, caller: Actor): Promise<Room | null> {
  try {
    return (await rooms.enter(channel, caller)).room
  } catch (error) {
    if (error instanceof Problem && error.code === 'unknown_room') return null
    throw error
  }
}
