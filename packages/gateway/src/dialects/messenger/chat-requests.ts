import { Problem } from '../../model/problem.ts'
import type { Caller } from './caller.ts'
import { isUnknownRoom } from './message-requests.ts'
import { chatOf } from './message-text.ts'
import type { Payload } from './payloads.ts'

/** Looking at chats, making groups, letting others in and leaving. */

/** How many chats are given at once. */
const chatsAtOnce = 1000

export async function getChat({ core, user }: Caller, { chatId }: Payload<'getChat'>): Promise<string> {
  const { room } = await core.memberships.place(user, chatId)
  const membership = await core.memberships.get(user, room)
  const chat = chatOf(membership, user.userId, core.mail.isOnline)
  if (membership.room.dialog !== undefined) return JSON.stringify(chat)
  const participants = (await core.rooms.participants(room))
    .filter(({ banned }) => !banned)
    .map(({ userId, name, admin }) => ({ userId, name, admin, online: core.mail.isOnline(userId) }))
  return JSON.stringify({ ...chat, participants })
}

export async function getChats(
  { core, user }: Caller,
  { count = chatsAtOnce, afterChatId }: Payload<'getChats'>,
): Promise<string> {
  const after = afterChatId === undefined ? null : (await core.memberships.place(user, afterChatId)).room
  const memberships = await core.memberships.page(user, after, count)
  return JSON.stringify(memberships.map((one) => chatOf(one, user.userId, core.mail.isOnline)))
}

export async function createGroup(
  { core, user, options, limits }: Caller,
  { groupName, members }: Payload<'createGroup'>,
  key: string,
): Promise<string> {
  if ([...groupName].length > limits.roomName) {
    throw new Problem('invalid_payload', `payload.groupName must have at most ${limits.roomName} characters.`)
  }
  const others = new Set(members)
  others.delete(user.userId)
  if (others.size + 1 > options.maxGroup) {
    throw new Problem('invalid_payload', `payload.members may name at most ${options.maxGroup - 1} others.`)
  }
  const { id } = await core.memberships.createGroup(user, groupName, [...others], key)
  return JSON.stringify({ chatId: id })
}

export async function invite(
  { core, user }: Caller,
  { chatId, userId }: Payload<'invite'>,
  key: string,
): Promise<void> {
  const { room } = await core.memberships.place(user, chatId)
  await core.memberships.invite(user, room, userId, key)
}

export async function leaveChat(
  { core, user }: Caller,
  { chatId }: Payload<'leave'>,
  key: string,
): Promise<void> {
  const { room } = await core.memberships.place(user, chatId)
  await core.memberships.leave(user, room, key)
}

/** Of a dialog that nobody has written in yet there is no room; the other is told all the same. */
export async function typing({ core, user }: Caller, { chatId }: Payload<'typing'>): Promise<void> {
  const { room, other } = await core.memberships.place(user, chatId)
  try {
    await core.mail.typing(room, user)
  } catch (error) {
    if (other === null || !isUnknownRoom(error)) throw error
    await core.memberships.reach(user, other)
    core.mail.typingTo(other, user)
  }
}
