import assert from 'node:assert/strict'
import { http, type SocketClient, tokenFor } from '../harness.ts'
import type { CommsFrame } from '../support/comms-client.ts'
import type { MessengerClient } from '../support/messenger-client.ts'
import type { TestRoom } from '../support/test-room.ts'
import type { Speaker } from './matrix.ts'

/** Someone who acts: a member of the room, with a client of each protocol that acts over its socket. */
export interface Actor {
  readonly user: string
  readonly room: TestRoom
  readonly comms: SocketClient
  readonly messenger: MessengerClient
}

type Doing<Input, Output = void> = Readonly<
  Partial<Record<Speaker, (actor: Actor, input: Input) => Promise<Output>>>
>

const bearer = ({ user }: Actor) => tokenFor(user, { name: user })

async function rest(actor: Actor, method: string, path: string, json?: unknown) {
  const { room } = actor
  const answer = await http(room.gateway, method, `/api/rooms/${room.id}${path}`, {
    bearer: bearer(actor),
    ...(json !== undefined && { json }),
  })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`)
  return answer.body
}

async function emit({ room }: Actor, token: string, json: unknown): Promise<void> {
  const { status, text } = await http(room.gateway, 'POST', `/${room.id}/emit`, { bearer: token, json })
  assert.equal(status, 200, text)
}

/** The newest message of the room. */
export async function newest(actor: Actor): Promise<{ id: number; number: number; content: string | null }> {
  const { messages } = await rest(actor, 'GET', '/messages?limit=1')
  return messages[0]
}

export const write: Doing<string> = {
  rooms: async (actor, content) => void (await rest(actor, 'POST', '/messages', { content })),
  comms: async (actor, content) => {
    actor.comms.send({ f: 130, cnf: { content }, t: 'MESSAGE_CREATE' })
    await actor.comms.until<CommsFrame>(({ t, cnf }) => t === 'MESSAGE_CREATE' && cnf.content === content)
  },
  channels: (actor, content) => emit(actor, bearer(actor), { content }),
  messenger: async ({ messenger, room }, message) =>
    void (await messenger.get('new', { chatId: room.id, message })),
}

export const edit: Doing<string> = {
  rooms: async (actor, content) =>
    void (await rest(actor, 'PATCH', `/messages/${(await newest(actor)).number}`, { content })),
  messenger: async (actor, message) => {
    const { number } = await newest(actor)
    await actor.messenger.get('edit', { chatId: actor.room.id, messageId: number, message })
  },
}

export const remove: Doing<void> = {
  rooms: async (actor) => void (await rest(actor, 'DELETE', `/messages/${(await newest(actor)).number}`)),
  comms: async (actor) => {
    const { id } = await newest(actor)
    actor.comms.send({ f: 130, cnf: { messageID: id }, t: 'MESSAGE_DELETE' })
    await actor.comms.until<CommsFrame>(({ t, cnf }) => t === 'MESSAGE_DELETE' && cnf.messageID === id)
  },
  messenger: async (actor) => {
    const { number } = await newest(actor)
    await actor.messenger.get('delete', { chatId: actor.room.id, messageId: number })
  },
}

export const mark: Doing<{ mark: 'dlvrd' | 'read'; number: number }> = {
  messenger: async ({ messenger, room }, { mark, number }) =>
    void (await messenger.get(mark, { chatId: room.id, messageId: number })),
}

export const type: Doing<void> = {
  comms: async ({ comms }) => {
    comms.send({ f: 130, cnf: {}, t: 'START_TYPING' })
    comms.send({ f: 120 })
    await comms.until<CommsFrame>(({ f }) => f === 120)
  },
  messenger: async ({ messenger, room }) => {
    messenger.send({ type: 'event', eventType: 'typing', payload: { chatId: room.id } })
    await messenger.get('getChats', {})
  },
}
