import { createHash } from 'node:crypto'
import type { Actor } from '../model/participant.ts'
import type { RoomId } from '../model/room.ts'
import type { Random } from '../ports/clock.ts'

/** A user has one id in a room, whatever the connection or the node; someone without a token gets a new one. */
export function memberIdOf(room: RoomId, actor: Actor, random: Random): string {
  if (actor.userId === null) return `client_${random.id(16)}`
  const digest = createHash('sha256').update(`${room}\n${actor.userId}`).digest('base64url')
  return `client_${digest.slice(0, 16)}`
}
