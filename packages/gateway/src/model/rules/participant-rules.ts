import type { Act, ActBody } from '../act.ts'
import type { ParticipantChanges } from '../event.ts'
import type { Participant } from '../participant.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../room.ts'
import { checkAdmin, isRoomAdmin } from './access.ts'
import type { Change, Decision, Facts } from './facts.ts'

type ActOf<Kind extends ActBody['kind']> = Act<Extract<ActBody, { kind: Kind }>>
type InRoom = Facts & { room: Room }

/**
 * Joining a room one already is in gives a new credential and keeps the rest; it is how a user with a token gets one.
 */
export function join(act: ActOf<'participant.join'>, facts: InRoom): Decision {
  const { joiner, asAdmin } = act.body
  if (facts.subject?.banned) throw new Problem('banned')
  if (facts.subject !== null) {
    const participant = { ...facts.subject, admin: facts.subject.admin || asAdmin }
    return accepted(facts.room, participant, joiner.credentialHash)
  }
  if (facts.room.roomLocked) throw new Problem('room_locked')
  if (facts.activeParticipants >= facts.room.maxParticipants) throw new Problem('room_full')
  if (facts.nameTaken) throw new Problem('name_taken')
  const { userId, name, color } = joiner
  const participant = { userId, name, color, admin: asAdmin, banned: false, joinedSeq: facts.head.seq }
  return accepted(facts.room, participant, joiner.credentialHash)
}

function accepted(room: Room, participant: Participant, credentialHash: string | null): Decision {
  return {
    event: null,
    changes: [{ kind: 'participant.put', participant, credentialHash }],
    room,
    participant,
  }
}

/** One's own colour is one's own; everything else is an admin's. */
export function changeParticipant(act: ActOf<'participant.change'>, facts: InRoom): Decision {
  const { userId, changes: wanted } = act.body
  const ownColor = act.actor.userId === userId && wanted.admin === undefined && wanted.banned === undefined
  if (ownColor) {
    if (facts.actor?.banned) throw new Problem('banned')
  } else {
    checkAdmin(act, facts)
  }
  const subject = facts.subject ?? strangerToBan(facts.room, userId, wanted, facts.head.seq)
  if (subject === null) throw new Problem('unknown_user')
  const changes = onlyChanged(subject, wanted)
  const participant = { ...subject, ...changes }
  if (Object.keys(changes).length === 0) return { event: null, changes: [], room: facts.room, participant }
  return {
    event: { kind: 'participant.changed', userId, changes },
    changes: [{ kind: 'participant.put', participant }],
    room: facts.room,
    participant,
  }
}

/** Nobody has to have joined a public room to be banned from it. */
function strangerToBan(
  room: Room,
  userId: string,
  wanted: ParticipantChanges,
  seq: number,
): Participant | null {
  if (room.access !== 'public' || wanted.banned !== true) return null
  return { userId, name: userId, color: '#808080', admin: false, banned: false, joinedSeq: seq }
}

function onlyChanged(subject: Participant, wanted: ParticipantChanges): ParticipantChanges {
  const entries = Object.entries(wanted) as [keyof ParticipantChanges, unknown][]
  return Object.fromEntries(entries.filter(([key, value]) => value !== undefined && subject[key] !== value))
}

/** The record goes, and its credential with it; the user may join anew. A guest of a public room has no record. */
export function kick(act: ActOf<'participant.kick'>, facts: InRoom): Decision {
  const { userId } = act.body
  if (!isRoomAdmin(act.actor, facts.actor)) throw new Problem('forbidden')
  if (facts.subject === null && facts.room.access === 'members') throw new Problem('unknown_user')
  if (facts.subject?.banned)
    throw new Problem('unknown_user', 'This participant is banned, and so already out.')
  const changes: Change[] = facts.subject === null ? [] : [{ kind: 'participant.remove', userId }]
  return { event: { kind: 'participant.kicked', userId }, changes, room: facts.room }
}
