import type { Act } from '../act.ts'
import type { Actor, Participant } from '../participant.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../room.ts'
import type { Facts } from './facts.ts'

/**
 * Throws `unknown_participant` unless a credential that the actor shows is theirs in this room now. To be asked before an act is judged,
 * and before it is given an earlier outcome.
 */
export function checkCredential({ actor }: Act, { room, actor: holder }: Facts): void {
  if (actor.credentialHash === undefined || room === null) return
  if (holder === null || holder.userId !== actor.userId) throw new Problem('unknown_participant')
}

/** Throws `banned` or `not_a_member` unless this actor may be in the room. */
export function checkEntry(room: Room, actor: Actor, participant: Participant | null): void {
  if (actor.admin) return
  if (participant?.banned) throw new Problem('banned')
  if (room.access === 'members' && participant === null) throw new Problem('not_a_member')
}

export function isRoomAdmin(actor: Actor, participant: Participant | null): boolean {
  if (actor.admin) return true
  return participant?.admin === true && !participant.banned
}

/** Throws unless the actor is an admin of the room or of the gateway. */
export function checkAdmin(act: Act, facts: Facts & { room: Room }): void {
  checkEntry(facts.room, act.actor, facts.actor)
  if (!isRoomAdmin(act.actor, facts.actor)) throw new Problem('forbidden')
}

/** Throws unless the actor may write here now. */
export function checkWriting(act: Act, facts: Facts & { room: Room }): void {
  checkEntry(facts.room, act.actor, facts.actor)
  if (facts.room.chatLocked && !isRoomAdmin(act.actor, facts.actor)) throw new Problem('chat_locked')
}
