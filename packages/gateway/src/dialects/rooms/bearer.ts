import type { Actor } from '../../model/participant.ts'
import { Problem } from '../../model/problem.ts'
import type { RoomId } from '../../model/room.ts'
import type { Core } from '../../ports/core.ts'

/**
 * Whose credential or token this is in a room. Rejects as `Accounts.bearer` does; and with `unknown_room` rather than
 * `unknown_participant` where there is no room that could know it.
 */
export function bearerIn(
  core: Core,
  room: RoomId,
  credential: string,
): Promise<Actor & { readonly expiresAt?: number }> {
  return inRoom(core, room, core.accounts.bearer(room, credential))
}

/** The same for one act, as `Accounts.author`. */
export function authorIn(core: Core, room: RoomId, credential: string): Promise<Actor> {
  return inRoom(core, room, core.accounts.author(room, credential))
}

async function inRoom<Who>(core: Core, room: RoomId, who: Promise<Who>): Promise<Who> {
  try {
    return await who
  } catch (error) {
    if (error instanceof Problem && error.code === 'unknown_participant') await core.data.position(room)
    throw error
  }
}
