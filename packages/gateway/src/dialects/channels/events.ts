import type { EventBody, JsonText, Member, RoomEvent } from '../../model/event.ts'
import type { Message } from '../../model/message.ts'
import { type ErrorSaying, roomClosed } from './errors.ts'
import { errorFrame, type Frame, passing } from './frame.ts'

/** What a room's event is in this protocol; null where it has no word for it. */
export function frameOf(event: RoomEvent): Frame | null {
  const { body, id } = event
  switch (body.kind) {
    case 'presence.joined':
      return passing('PRESENCE:JOINED', memberText(body.member), id)
    case 'presence.updated':
      return passing('PRESENCE:UPDATED', memberText(body.member), id)
    case 'presence.left':
      return passing('PRESENCE:LEFT', JSON.stringify({ clientID: body.member.id }), id)
    case 'room.closed':
      return errorFrame(closing(body.reason), id)
    default: {
      const payload = dataOf(body)
      if (payload === null) return null
      return { type: 'DATA', payload, eventId: id, requiresAck: event.wantsAck === true, resumable: true }
    }
  }
}

/** The payload of the DATA frame that says this; null for what is no data. */
export function dataOf(body: EventBody): JsonText | null {
  switch (body.kind) {
    case 'message.created':
      return body.payload ?? createdText(body.message)
    case 'message.edited':
      return editedText(body.message)
    case 'message.deleted':
      return JSON.stringify({ deleted: { messageId: body.message.id } })
    case 'data.emitted':
      return body.payload
    default:
      return null
  }
}

/** A member as others see it, with its presence data as it was written. */
export function memberText({ id, presence }: Member): JsonText {
  return `{"clientID":${JSON.stringify(id)},"presence":${presence}}`
}

/** A message that was not emitted as data, but written in another protocol. */
function createdText({ id, authorId, content, sentAt }: Message): JsonText {
  return JSON.stringify({ messageId: id, authorId, content, sentAt })
}

function editedText({ id, authorId, content, editedAt }: Message): JsonText {
  return JSON.stringify({ edited: { messageId: id, authorId, content, editedAt } })
}

function closing(reason: string): ErrorSaying {
  const { code, message } = roomClosed
  return { code, message: reason === '' ? message : `This channel was closed: ${reason}` }
}
