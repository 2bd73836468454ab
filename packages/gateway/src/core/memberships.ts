import { dialogId, dialogPair } from '../model/dialog.ts'
import { Problem } from '../model/problem.ts'
import type { RoomId } from '../model/room.ts'
import type { Random } from '../ports/clock.ts'
import type { Engine } from '../ports/engine.ts'
import type { Memberships, UserActor } from '../ports/memberships.ts'
import { type Acts, roomOf } from './acts.ts'
import type { Rate } from './rate.ts'
import type { RunningRooms } from './rooms.ts'
import type { CoreSettings } from './settings.ts'

interface MembershipTools {
  readonly engine: Pick<Engine, 'rooms' | 'users' | 'memberships'>
  readonly acts: Acts
  readonly rooms: RunningRooms
  readonly random: Random
  readonly joining: Rate
  readonly publishing: Rate
  readonly reachable: CoreSettings['reachable']
}

const color = '#808080'

/** The rooms of a user, and how people come together in dialogs and groups. */
export function createMemberships(tools: MembershipTools): Memberships {
  const { engine, acts, rooms, random, joining, publishing, reachable } = tools

  /** A user who may be written to, as a participant to be. Throws `unknown_user`. */
  async function newcomer(actor: UserActor, userId: string) {
    const known = await engine.users.get(userId)
    const may =
      reachable === 'anyone' ||
      (reachable === 'known' && known !== null) ||
      (await engine.memberships.share(actor.userId, userId))
    if (!may) throw new Problem('unknown_user', 'There is no user with this id whom you can write to.')
    return { userId, name: known?.name ?? userId, color, credentialHash: null }
  }

  async function others(actor: UserActor, userIds: readonly string[]) {
    const ids = [...new Set(userIds)].filter((id) => id !== actor.userId)
    return Promise.all(ids.map((id) => newcomer(actor, id)))
  }

  return {
    page: (actor, after, limit) => engine.memberships.page(actor.userId, after, limit),

    async get(actor, room) {
      await rooms.enter(room, actor)
      const membership = await engine.memberships.get(actor.userId, room)
      if (membership === null) throw new Problem('not_a_member')
      return membership
    },

    async reach(actor, userId) {
      await newcomer(actor, userId)
    },

    /**
     * A user comes before a room of the same id: ids of users are given by whoever signs the tokens, while anyone can make a public
     * room of any name and would else be written to in someone's stead.
     */
    async place(actor, id) {
      const dialog = dialogId(actor.userId, id)
      const [begun, user, room] = await Promise.all([
        engine.rooms.get(dialog),
        engine.users.get(id),
        engine.rooms.get(id),
      ])
      const isRoom = room !== null && begun === null && user === null
      if (isRoom) return { room: id, other: otherOf(room.dialog, actor.userId) }
      if (id === actor.userId) throw new Problem('invalid_request', 'A dialog is with another user.')
      return { room: dialog, other: id }
    },

    async openDialog(actor, other) {
      joining.take(actor.userId)
      const [one, two] = dialogPair(actor.userId, other)
      const invited = await newcomer(actor, other)
      const self = { userId: actor.userId, name: actor.name, color, credentialHash: null }
      const pair = one === actor.userId ? ([self, invited] as const) : ([invited, self] as const)
      await acts.commit(dialogId(one, two), actor, { kind: 'dialog.open', incarnation: random.id(8), pair })
    },

    async createGroup(actor, name, userIds, key) {
      const members = await others(actor, userIds)
      const creator = { userId: actor.userId, name: actor.name }
      return (await rooms.create({ settings: { name }, creator, members, lasting: true, key })).room
    },

    async invite(actor, room, userId, key) {
      const invitee =
        userId === actor.userId
          ? { userId, name: actor.name, color, credentialHash: null }
          : await newcomer(actor, userId)
      const wasIn = (await engine.rooms.participant(room, userId)) !== null
      const done = await acts.commit(room, actor, { kind: 'participant.invite', invitee }, { key })
      if (!wasIn && !done.repeated) rooms.admit(roomOf(done), userId)
    },

    async leave(actor, room, key) {
      publishing.take(`${room}\n${actor.userId}`)
      await acts.commit(room, actor, { kind: 'participant.leave' }, { key })
    },
  }
}

function otherOf(dialog: readonly [RoomId, RoomId] | undefined, userId: string): string | null {
  return dialog?.find((id) => id !== userId) ?? null
}
