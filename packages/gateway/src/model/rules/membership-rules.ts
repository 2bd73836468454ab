import type { Act, ActBody, NewParticipant } from '../act.ts'
import { isDialogId } from '../dialog.ts'
import type { Participant } from '../participant.ts'
import { Problem } from '../problem.ts'
import { defaultSettings, type Room } from '../room.ts'
import { checkEntry, isRoomAdmin } from './access.ts'
import type { Change, Decision, Facts } from './facts.ts'

type ActOf<Kind extends ActBody['kind']> = Act<Extract<ActBody, { kind: Kind }>>
type InRoom = Facts & { room: Room }

/** Locked and for two, so that nobody can join it who knows the two ids; and without an admin. */
export function openDialog(act: ActOf<'dialog.open'>, facts: Facts): Decision {
  if (facts.room !== null) return { event: null, changes: [], room: facts.room }
  const { incarnation, pair } = act.body
  const [one, other] = pair
  if (!isDialogId(act.room) || one.userId >= other.userId) throw new Problem('invalid_request')
  const room: Room = {
    ...defaultSettings,
    id: act.room,
    access: 'members',
    roomLocked: true,
    maxParticipants: 2,
    dialog: [one.userId, other.userId],
    lasting: true,
    creatorId: act.actor.userId,
    incarnation,
    createdAt: act.at,
    lastActiveAt: act.at,
    passwordHash: null,
  }
  return {
    event: null,
    changes: [{ kind: 'room.put', room }, ...pair.flatMap((user) => enter(user, 0))],
    room,
  }
}

/** The changes that make a user a plain participant whose inbox is open. */
export function enter({ userId, name, color, credentialHash }: NewParticipant, joinedSeq: number): Change[] {
  const participant: Participant = { userId, name, color, admin: false, banned: false, joinedSeq }
  return [
    { kind: 'participant.put', participant, credentialHash },
    { kind: 'inbox.open', userId },
  ]
}

export function invite(act: ActOf<'participant.invite'>, facts: InRoom): Decision {
  const { room, subject, actor } = facts
  const { invitee } = act.body
  checkEntry(room, act.actor, actor)
  if (room.dialog !== undefined) throw new Problem('forbidden', 'A dialog is for its two users.')
  if (room.access === 'public' && invitee.userId !== act.actor.userId) {
    throw new Problem('forbidden', 'A public room is entered by oneself; nobody can be put into it.')
  }
  if (subject?.banned) throw new Problem('banned', 'This user is banned from the room.')
  if (subject !== null) {
    const { userId } = subject
    return { event: null, changes: [{ kind: 'inbox.open', userId }], room, participant: subject }
  }
  if (room.roomLocked && !isRoomAdmin(act.actor, actor)) throw new Problem('room_locked')
  if (facts.activeParticipants >= room.maxParticipants) throw new Problem('room_full')
  const name = facts.nameTaken ? `${invitee.name} (${invitee.userId})` : invitee.name
  const changes = enter({ ...invitee, name }, facts.head.seq)
  const [put] = changes
  return {
    event: null,
    changes,
    room,
    ...(put?.kind === 'participant.put' && { participant: put.participant }),
  }
}

/** Leaving looks to the others like being put out: the user is a participant no more, and may come back. */
export function leave(_act: ActOf<'participant.leave'>, { room, actor }: InRoom): Decision {
  if (actor === null) throw new Problem('not_a_member')
  if (actor.banned) throw new Problem('banned')
  if (room.dialog !== undefined) throw new Problem('forbidden', 'A dialog cannot be left.')
  const { userId } = actor
  return {
    event: { kind: 'participant.kicked', userId },
    changes: [{ kind: 'participant.remove', userId }],
    room,
  }
}
