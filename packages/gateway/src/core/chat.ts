import type { DurableBody } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import type { Actor } from '../model/participant.ts'
import { Problem } from '../model/problem.ts'
import type { RoomId } from '../model/room.ts'
import type { ActExtra, Chat, Rooms } from '../ports/core.ts'
import type { MessageStore, Outcome } from '../ports/engine.ts'
import { type Acts, asked } from './acts.ts'
import type { Rate } from './rate.ts'

interface ChatTools {
  readonly acts: Acts
  readonly messages: MessageStore
  readonly rooms: Rooms
  readonly publishing: Rate
}

/** Messages: what people write, correct and take back. */
export function createChat({ acts, messages, rooms, publishing }: ChatTools): Chat {
  function takeTurn(room: RoomId, { userId }: Actor, { from }: ActExtra = {}): void {
    publishing.take(`${room}\n${from ?? userId}`)
  }

  return {
    newEventId: () => acts.newId(),

    async post(room, actor, content, { attachments, ...extra } = {}) {
      takeTurn(room, actor, extra)
      const body = { kind: 'message.create' as const, content, ...(attachments && { attachments }) }
      return messageOf(await acts.commit(room, actor, body, asked(extra)))
    },

    async numberOf(room, messageId) {
      const message = await messages.byId(room, messageId)
      if (message === null) throw new Problem('unknown_message')
      return message.number
    },

    async edit(room, actor, number, content, { authorOnly = false, ...extra } = {}) {
      takeTurn(room, actor, extra)
      const body = { kind: 'message.edit' as const, number, content, authorOnly }
      return messageOf(await acts.commit(room, actor, body, asked(extra)))
    },

    async remove(room, actor, number, extra) {
      takeTurn(room, actor, extra)
      await acts.commit(room, actor, { kind: 'message.delete', number }, asked(extra))
    },

    async get(room, actor, number) {
      await rooms.enter(room, actor)
      const message = await messages.get(room, number)
      if (message === null) throw new Problem('unknown_message')
      return message
    },

    async page(room, actor, before, limit) {
      await rooms.enter(room, actor)
      return messages.page(room, before, limit)
    },
  }
}

function messageOf({ event }: Outcome): Message {
  const body: DurableBody | undefined = event?.body
  if (body === undefined || !('message' in body)) throw new Problem('internal')
  return body.message
}
