import type { ActBody, NewParticipant } from '../model/act.ts'
import { type Actor, system } from '../model/participant.ts'
import { Problem } from '../model/problem.ts'
import { defaultSettings, type Room, type RoomId } from '../model/room.ts'
import { checkEntry } from '../model/rules/access.ts'
import type { Random } from '../ports/clock.ts'
import type { Joined, NewJoiner, NewRoom, Rooms } from '../ports/core.ts'
import type { Engine, Outcome } from '../ports/engine.ts'
import { hashOf } from './accounts.ts'
import { type Acts, asked, roomOf } from './acts.ts'
import { type GuessLimit, hashPassword, passwordFits } from './passwords.ts'
import type { Rate } from './rate.ts'

interface RoomTools {
  readonly engine: Engine
  readonly acts: Acts
  readonly random: Random
  readonly guesses: GuessLimit
  readonly joining: Rate
  readonly publishing: Rate
  /** For rooms that do not say. */
  readonly maxParticipants: number
}

export interface RunningRooms extends Rooms {
  /** Someone has become a participant by another way than `join`. */
  admit(room: Room, userId: string): void
}

/** Making rooms, joining them, and what their admins do. */
export function createRooms({
  engine,
  acts,
  random,
  guesses,
  joining,
  publishing,
  maxParticipants,
}: RoomTools): RunningRooms {
  let created = (_room: Room, _members: readonly string[]): void => {}
  let admitted = (_room: Room, _userId: string): void => {}
  const making = new Map<RoomId, Promise<Room>>()

  async function create(wanted: NewRoom): Promise<Joined> {
    const { id, access, settings, adminPassword, creator, members, lasting, key } = wanted
    joining.take(wanted.from ?? `${creator.userId}`)
    const { joiner, credential } = newParticipant(creator)
    const body: ActBody = {
      kind: 'room.create',
      access: access ?? 'members',
      incarnation: random.id(8),
      settings: { ...defaultSettings, maxParticipants, ...settings },
      passwordHash: adminPassword === undefined ? null : await hashPassword(adminPassword),
      creator: joiner,
      ...(members && {
        members: members.map((member) => ({ ...newParticipant(member).joiner, credentialHash: null })),
      }),
      ...(lasting === true && { lasting }),
    }
    const outcome = await acts.commit(
      id ?? random.id(16),
      actorOf(joiner),
      body,
      asked({ ...(key && { key }) }),
    )
    const made = joined(outcome, credential)
    if (!outcome.repeated)
      created(made.room, [joiner.userId, ...(members ?? []).flatMap(({ userId }) => userId ?? [])])
    return made
  }

  async function join(
    room: RoomId,
    wanted: NewJoiner,
    adminPassword: string | undefined,
    address: string,
  ): Promise<Joined> {
    joining.take(address)
    const asAdmin = adminPassword !== undefined && (await provenAdmin(room, adminPassword, address))
    const { joiner, credential } = newParticipant(wanted)
    const body: ActBody = { kind: 'participant.join', joiner, asAdmin }
    const wasIn = (await engine.rooms.participant(room, joiner.userId)) !== null
    const done = joined(await acts.commit(room, actorOf(joiner), body), credential)
    if (!wasIn) admit(done.room, joiner.userId)
    return done
  }

  function admit(room: Room, userId: string): void {
    if (room.access === 'members') admitted(room, userId)
  }

  /** True, or a thrown `wrong_password`: who gives a password means to be an admin and is told when it is not so. */
  async function provenAdmin(id: RoomId, password: string, address: string): Promise<true> {
    const room = await engine.rooms.get(id)
    if (room === null) throw new Problem('unknown_room')
    guesses.guess(id, address)
    const right = room.passwordHash !== null && (await passwordFits(password, room.passwordHash))
    if (!right) throw new Problem('wrong_password')
    guesses.right(id, address)
    return true
  }

  function newParticipant({ userId, name, color }: NewJoiner): {
    joiner: NewParticipant
    credential: string
  } {
    const credential = random.id(32)
    const joiner = {
      userId: userId ?? `user_${random.id(16)}`,
      name,
      color: color ?? randomColor(random),
      credentialHash: hashOf(credential),
    }
    return { joiner, credential }
  }

  return {
    create,
    join,

    onCreated(call) {
      created = call
    },

    onAdmitted(call) {
      admitted = call
    },

    admit,

    async enter(id, actor, maker = null) {
      const found = await engine.rooms.get(id)
      const room = found ?? (maker === null ? null : await make(id, maker))
      if (room === null) throw new Problem('unknown_room')
      const participant = actor.userId === null ? null : await engine.rooms.participant(id, actor.userId)
      checkEntry(room, actor, participant)
      return { room, participant }
    },

    async touch(id) {
      await ensure(id)
    },

    participants: (id) => engine.rooms.participants(id),

    async update(id, actor, changes) {
      takeTurn(id, actor)
      return roomOf(await acts.commit(id, actor, { kind: 'room.update', changes }))
    },

    async close(id, actor, reason, idleSince) {
      await acts.commit(id, actor, {
        kind: 'room.close',
        reason,
        ...(idleSince !== undefined && { idleSince }),
      })
    },

    async change(id, actor, userId, changes) {
      takeTurn(id, actor)
      const { participant } = await acts.commit(id, actor, { kind: 'participant.change', userId, changes })
      if (participant === undefined) throw new Problem('unknown_user')
      return participant
    },

    async kick(id, actor, userId) {
      takeTurn(id, actor)
      await acts.commit(id, actor, { kind: 'participant.kick', userId })
    },
  }

  /** Changes go into the log as messages do: without a rate they could push out what those who are away have yet to hear. */
  function takeTurn(room: RoomId, { userId }: Actor): void {
    publishing.take(`${room}\n${userId}`)
  }

  /** A crowd that enters a new room at once makes it once, at the cost of the first. */
  function make(id: RoomId, maker: string): Promise<Room> {
    const begun = making.get(id)
    if (begun !== undefined) return begun
    joining.take(maker)
    const made = ensure(id).finally(() => making.delete(id))
    making.set(id, made)
    return made
  }

  async function ensure(id: RoomId): Promise<Room> {
    return roomOf(await acts.commit(id, system, { kind: 'room.ensure', incarnation: random.id(8) }))
  }
}

function actorOf({ userId, name }: NewParticipant): Actor {
  return { userId, name, admin: false }
}

function joined(outcome: Outcome, credential: string): Joined {
  const { participant } = outcome
  if (participant === undefined) throw new Problem('internal')
  return { room: roomOf(outcome), participant, credential }
}

function randomColor(random: Random): string {
  return `#${random.integer(0x1000000).toString(16).padStart(6, '0')}`
}
