import type { Act, ActBody, NewParticipant } from '../act.ts'
import { isDialogId } from '../dialog.ts'
import type { Participant } from '../participant.ts'
import { Problem } from '../problem.ts'
import { defaultSettings, type Room, type RoomSettings } from '../room.ts'
import { checkAdmin } from './access.ts'
import type { Decision, Facts } from './facts.ts'
import { enter } from './membership-rules.ts'

type ActOf<Kind extends ActBody['kind']> = Act<Extract<ActBody, { kind: Kind }>>
type InRoom = Facts & { room: Room }

/** A public room in use says so at most once an hour, so that it is not taken for idle. */
const touchEvery = 3_600_000

export function ensureRoom(act: ActOf<'room.ensure'>, facts: Facts): Decision {
  if (facts.room !== null) return touched(facts.room, act.at)
  if (isDialogId(act.room)) throw new Problem('unknown_room')
  const room: Room = {
    ...defaultSettings,
    id: act.room,
    access: 'public',
    creatorId: null,
    incarnation: act.body.incarnation,
    createdAt: act.at,
    lastActiveAt: act.at,
    passwordHash: null,
  }
  return { event: null, changes: [{ kind: 'room.put', room }], room }
}

function touched(room: Room, at: number): Decision {
  if (room.access !== 'public' || at - room.lastActiveAt < touchEvery)
    return { event: null, changes: [], room }
  const active = { ...room, lastActiveAt: at }
  return { event: null, changes: [{ kind: 'room.put', room: active }], room: active }
}

export function createRoom(act: ActOf<'room.create'>, facts: Facts): Decision {
  if (facts.room !== null) throw new Problem('room_exists')
  if (isDialogId(act.room)) throw new Problem('reserved_name')
  const { settings, access, incarnation, passwordHash, creator, members = [], lasting } = act.body
  if (1 + members.length > settings.maxParticipants) throw new Problem('room_full')
  const room: Room = {
    ...settings,
    id: act.room,
    access,
    ...(lasting === true && { lasting }),
    creatorId: creator.userId,
    incarnation,
    createdAt: act.at,
    lastActiveAt: act.at,
    passwordHash,
  }
  const participant = firstAdmin(creator)
  return {
    event: null,
    changes: [
      { kind: 'room.put', room },
      { kind: 'participant.put', participant, credentialHash: creator.credentialHash },
      ...members.flatMap((member) => enter(member, 0)),
    ],
    room,
    participant,
  }
}

function firstAdmin(creator: NewParticipant): Participant {
  const { userId, name, color } = creator
  return { userId, name, color, admin: true, banned: false, joinedSeq: 0 }
}

export function updateRoom(act: ActOf<'room.update'>, facts: InRoom): Decision {
  checkAdmin(act, facts)
  const changes = onlyChanged(facts.room, act.body.changes)
  if (Object.keys(changes).length === 0) return { event: null, changes: [], room: facts.room }
  const room = { ...facts.room, ...changes }
  return { event: { kind: 'room.updated', changes }, changes: [{ kind: 'room.put', room }], room }
}

function onlyChanged(room: Room, wanted: Partial<RoomSettings>): Partial<RoomSettings> {
  const entries = Object.entries(wanted) as [keyof RoomSettings, unknown][]
  return Object.fromEntries(entries.filter(([key, value]) => value !== undefined && room[key] !== value))
}

export function closeRoom(act: ActOf<'room.close'>, facts: InRoom): Decision {
  checkAdmin(act, facts)
  const { idleSince } = act.body
  if (idleSince !== undefined && facts.room.lastActiveAt >= idleSince)
    return { event: null, changes: [], room: facts.room }
  return {
    event: { kind: 'room.closed', reason: act.body.reason },
    changes: [{ kind: 'room.remove' }],
    room: facts.room,
  }
}
