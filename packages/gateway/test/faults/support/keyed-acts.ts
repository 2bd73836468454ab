import { http, SocketClient, socketUrl, type Target, tokenFor } from '../../harness.ts'
import { room } from './follower.ts'

/** Writes something once, under a key that is the content; gives what the answer names it by. Rejects when there is no answer. */
type KeyedAct = (content: string) => Promise<unknown>

const bearer = tokenFor('ann', { name: 'ann', ttl: 86_400 })

/** What a client of `target` does again and again with one key, in each protocol that has one. */
export const keyedActs = (target: Target): Readonly<Record<string, KeyedAct>> => ({
  'channels, Idempotency-Key': async (content) => {
    const headers = { 'idempotency-key': content }
    return (await http(target, 'POST', `/${room}/emit`, { bearer, headers, json: { content } })).body.eventID
  },
  'rooms, Idempotency-Key': async (content) => {
    const headers = { 'idempotency-key': content }
    const path = `/api/rooms/${room}/messages`
    return (await http(target, 'POST', path, { bearer, headers, json: { content } })).body.id
  },
  'messenger, id of the request': async (content) => {
    const client = await SocketClient.open(socketUrl(target, '/messenger'), {
      headers: { authorization: `Bearer ${bearer}` },
    })
    try {
      client.send({
        type: 'request',
        timestamp: 1,
        id: content,
        payloadType: 'new',
        payload: { chatId: room, message: content },
      })
      const { payload } = await client.next<{ payload: { messageId: number } }>()
      return payload.messageId
    } finally {
      await client.terminate()
    }
  },
})

export const keyedProtocols = Object.keys(keyedActs({ url: '' }))
