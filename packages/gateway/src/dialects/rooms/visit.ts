import type { Actor } from '../../model/participant.ts'
import { type Position, parsePosition } from '../../model/position.ts'
import { Problem } from '../../model/problem.ts'
import type { RoomId } from '../../model/room.ts'
import { isRoomAdmin } from '../../model/rules/access.ts'
import type { Core } from '../../ports/core.ts'
import { bearerIn } from './bearer.ts'

/** What the query of `GET /gateway` asks for. */
export interface Wish {
  readonly room: RoomId
  /** The `participantId` that joining gave, or a token. */
  readonly credential: string
  /** Packets are to carry their positions. */
  readonly resumable: boolean
  readonly since?: Position
}

/** A wish that is granted. */
export interface Visit extends Omit<Wish, 'credential'> {
  readonly actor: Actor
  /** An admin of the room, or of the gateway. */
  readonly admin: boolean
  /** When the token ends, if it is one: milliseconds since 1970. */
  readonly expiresAt?: number
}

/** Throws `invalid_request` or `invalid_position`, naming the parameter. */
export function parseWish(query: URLSearchParams): Wish {
  const since = query.get('since')
  const epoch = query.get('epoch')
  const resume = query.get('resume') ?? '0'
  const room = required(query, 'roomId')
  const credential = required(query, 'participantId')
  if (resume !== '0' && resume !== '1') throw new Problem('invalid_request', '"resume" must be 0 or 1.')
  if (since === null) {
    if (epoch !== null) throw new Problem('invalid_position', '"epoch" goes with "since", which is missing.')
    return { room, credential, resumable: resume === '1' }
  }
  return { room, credential, resumable: true, since: parsePosition(since, epoch) }
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name)
  if (!value) throw new Problem('invalid_request', `The query parameter "${name}" is missing.`)
  return value
}

/** Throws what `bearerIn` and `Rooms.enter` reject with. */
export async function grant(core: Core, { credential, ...wish }: Wish): Promise<Visit> {
  const { expiresAt, ...actor } = await bearerIn(core, wish.room, credential)
  const { participant } = await core.rooms.enter(wish.room, actor)
  const admin = isRoomAdmin(actor, participant)
  return { ...wish, actor, admin, ...(expiresAt !== undefined && { expiresAt }) }
}
