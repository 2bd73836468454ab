import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { http, startTestGateway, type TestGateway, tokenFor } from '../../../test/harness.ts'
import { ChannelListener } from '../../../test/support/channel-listener.ts'
import { TestRoom } from '../../../test/support/test-room.ts'

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

describe('a channel and the room of the same name', () => {
  it('are one: what is written, edited and deleted in the room is DATA', async () => {
    const room = await TestRoom.make(gateway)
    const query = { participantId: room.admin.participantId }
    const listener = await ChannelListener.connect(gateway, room.id, { query })
    const { id: messageId, number, sentAt } = await room.post(room.admin, 'hello')
    const authorId = room.admin.userId
    assert.deepEqual((await listener.take('DATA')).payload, { messageId, authorId, content: 'hello', sentAt })

    const edit = await room.ask(room.admin, 'PATCH', `/messages/${number}`, { json: { content: 'bye' } })
    const { editedAt } = edit.body
    assert.deepEqual((await listener.take('DATA')).payload, {
      edited: { messageId, authorId, content: 'bye', editedAt },
    })

    await room.ask(room.admin, 'DELETE', `/messages/${number}`)
    assert.deepEqual((await listener.take('DATA')).payload, { deleted: { messageId } })
  })

  it('are one: an emitted object with a string "content" is a message, of its emitter and nobody else', async () => {
    const room = await TestRoom.make(gateway)
    const listener = await ChannelListener.connect(gateway, room.id, {
      query: { participantId: room.admin.participantId },
    })
    const client = await room.connect(room.admin)
    const payload = { content: 'hi', authorId: 'somebody else', mood: 1 }
    const emit = (json: unknown) =>
      http(gateway, 'POST', `/${room.id}/emit`, { json, bearer: room.admin.participantId })
    await emit({ no: 'message' })
    await emit(payload)
    const { e, d } = await client.next<{ e: number; d: Record<string, unknown> }>()
    assert.deepEqual({ e, ...d, sentAt: 0 }, { e: 3, authorId: room.admin.userId, content: 'hi', sentAt: 0 })
    await listener.take('DATA')
    assert.deepEqual((await listener.take('DATA')).payload, payload)
  })

  it('have no word in common for settings and colours', async () => {
    const room = await TestRoom.make(gateway)
    const listener = await ChannelListener.connect(gateway, room.id, {
      query: { participantId: room.admin.participantId },
    })
    await room.change({ name: 'other' })
    await room.changeParticipant(room.admin, { color: '#123456' })
    await room.post(room.admin, 'next')
    assert.equal((await listener.take('DATA')).payload.content, 'next')
  })

  it('lock the chat together', async () => {
    const room = await TestRoom.make(gateway)
    const guest = await room.join('guest')
    await room.change({ chatLocked: true })
    const emit = (bearer: string) => http(gateway, 'POST', `/${room.id}/emit`, { json: 1, bearer })
    const refused = await emit(guest.participantId)
    assert.deepEqual([refused.status, refused.body.code], [403, 'CHAT_LOCKED'])
    assert.equal((await emit(room.admin.participantId)).status, 200)
    assert.equal((await emit(tokenFor('root', { admin: true }))).status, 200)
  })
})
