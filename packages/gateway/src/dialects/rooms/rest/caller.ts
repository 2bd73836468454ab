import { bearerOf } from '../../../model/bearer.ts'
import { type Actor, anonymous } from '../../../model/participant.ts'
import { Problem } from '../../../model/problem.ts'
import type { RoomId } from '../../../model/room.ts'
import type { Core } from '../../../ports/core.ts'
import type { HttpRequest } from '../../../ports/http.ts'
import { authorIn, bearerIn } from '../bearer.ts'

/** Who does something in a room, for one act. Rejects with `unauthorized` when the request does not say. */
export async function writer(core: Core, room: RoomId, request: HttpRequest): Promise<Actor> {
  const bearer = bearerOf(request.header('authorization'))
  if (bearer === null) {
    await core.data.position(room)
    throw new Problem('unauthorized')
  }
  return authorIn(core, room, bearer)
}

/** Who looks at a room: in a public one, anyone may. Rejects as `Rooms.enter` does. */
export async function reader(core: Core, room: RoomId, request: HttpRequest) {
  const bearer = bearerOf(request.header('authorization'))
  const actor = bearer === null ? anonymous : await bearerIn(core, room, bearer)
  try {
    return { actor, ...(await core.rooms.enter(room, actor)) }
  } catch (error) {
    if (bearer === null && error instanceof Problem && error.code === 'not_a_member')
      throw new Problem('unauthorized')
    throw error
  }
}
