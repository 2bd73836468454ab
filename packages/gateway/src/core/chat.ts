import type { DurableBody } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import { Problem } from '../model/problem.ts'
import type { Chat, Rooms } from '../ports/core.ts'
import type { MessageStore, Outcome } from '../ports/engine.ts'
import type { Acts } from './acts.ts'

/** Messages: what people write, correct and take back. */
export function createChat(acts: Acts, messages: MessageStore, rooms: Rooms): Chat {
  return {
    newEventId: () => acts.newId(),

    async post(room, actor, content, { key, eventId } = {}) {
      const extra = { ...(key !== undefined && { key }), ...(eventId !== undefined && { id: eventId }) }
      return messageOf(await acts.commit(room, actor, { kind: 'message.create', content }, extra))
    },

    async numberOf(room, messageId) {
      const message = await messages.byId(room, messageId)
      if (message === null) throw new Problem('unknown_message')
      return message.number
    },

    async edit(room, actor, number, content) {
      return messageOf(await acts.commit(room, actor, { kind: 'message.edit', number, content }))
    },

    async remove(room, actor, number) {
      await acts.commit(room, actor, { kind: 'message.delete', number })
    },

    async page(room, actor, before, limit) {
      await rooms.enter(room, actor, false)
      return messages.page(room, before, limit)
    },
  }
}

function messageOf({ event }: Outcome): Message {
  const body: DurableBody | undefined = event?.body
  if (body === undefined || !('message' in body)) throw new Problem('internal')
  return body.message
}
