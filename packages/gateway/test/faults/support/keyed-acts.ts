import assert from 'node:assert/strict'
import { http, SocketClient, socketUrl, type Target, tokenFor } from '../../harness.ts'
import { MessengerClient, type Response } from '../../support/messenger-client.ts'
import { room, said } from './follower-base.ts'

/** What is done again and again with one key. */
export interface KeyedAct {
  /** What the room's log has of it, once, and of what had to be there before. What was deleted has taken its creation along. */
  readonly log: readonly string[]
  /** Does it; gives the answer as text. Rejects when there is none. */
  ask(): Promise<string>
  /** Where the log does not say it: that it has happened once. */
  happenedOnce?(): Promise<void>
}

const author = 'ann'
const bearer = tokenFor(author, { name: author, ttl: 86_400 })

/** Asked for through `target`; the content, which is different each time, is also the key. */
export const keyedActs: Readonly<Record<string, (target: Target, content: string) => Promise<KeyedAct>>> = {
  'channels, emit': async (target, content) => ({
    log: [said.created(content)],
    ask: async () => (await post(target, `/${room}/emit`, content)).eventID,
  }),
  'rooms, message': async (target, content) => ({
    log: [said.created(content)],
    ask: async () => (await post(target, `/api/rooms/${room}/messages`, content)).id,
  }),
  'messenger, new': async (target, content) => ({
    log: [said.created(content)],
    ask: () => request(target, author, content, 'new', { chatId: room, message: content }),
  }),
  'messenger, edit': async (target, content) => {
    const before = `before ${content}`
    const messageId = await write(target, before)
    const payload = { chatId: room, messageId, message: content }
    return {
      log: [said.created(before), said.edited(content)],
      ask: () => request(target, author, content, 'edit', payload),
    }
  },
  'messenger, delete': async (target, content) => {
    const messageId = await write(target, `before ${content}`)
    return {
      log: [said.deleted(messageId)],
      ask: () => request(target, author, content, 'delete', { chatId: room, messageId }),
    }
  },
  'messenger, createGroup': async (target, content) => {
    const maker = `maker of ${content}`
    return {
      log: [],
      ask: () => request(target, maker, content, 'createGroup', { groupName: content, members: [author] }),
      happenedOnce: async () => {
        const client = await MessengerClient.open(target, maker)
        assert.equal((await client.get('getChats', {})).length, 1, content)
        await client.socket.terminate()
      },
    }
  },
}

/** On a connection of its own: one that is about to be broken must not be taken for the next request. */
async function post(target: Target, path: string, content: string): Promise<{ eventID: string; id: string }> {
  const headers = { 'idempotency-key': content, connection: 'close' }
  return (await http(target, 'POST', path, { bearer, headers, json: { content } })).body
}

/** A message that is to be changed; gives its number. */
async function write(target: Target, message: string): Promise<number> {
  return JSON.parse(await request(target, author, message, 'new', { chatId: room, message })).messageId
}

async function request(
  target: Target,
  user: string,
  id: string,
  payloadType: string,
  payload: object,
): Promise<string> {
  const headers = { authorization: `Bearer ${tokenFor(user, { name: user, ttl: 86_400 })}` }
  const client = await SocketClient.open(socketUrl(target, '/messenger'), { headers })
  try {
    client.send({ type: 'request', timestamp: 1, id, payloadType, payload })
    const answer = await client.next<Response>()
    assert.equal(answer.error, undefined)
    return JSON.stringify(answer.payload ?? 'done')
  } finally {
    await client.terminate()
  }
}
