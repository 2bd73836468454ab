import type { DurableEvent } from '../../../model/event.ts'
import type { Message } from '../../../model/message.ts'
import type { Participant } from '../../../model/participant.ts'
import type { Receipt } from '../../../model/receipt.ts'
import type { Room } from '../../../model/room.ts'
import { maskedLink } from '../../../model/webhook-link.ts'
import type { Joined } from '../../../ports/core.ts'

/** A room as somebody may see it: the webhook whole for admins only. */
export function roomView(room: Room, asAdmin: boolean) {
  const { id, name, access, maxParticipants, chatLocked, roomLocked, discordWebhookLink, createdAt } = room
  return {
    roomId: id,
    name,
    access,
    maxParticipants,
    chatLocked,
    roomLocked,
    discordWebhookLink: asAdmin ? discordWebhookLink : maskedLink(discordWebhookLink),
    createdAt,
  }
}

export function participantView({ userId, name, color, admin, banned }: Participant) {
  return { userId, name, color, admin, banned }
}

export function joinedView({ participant, credential }: Joined) {
  return { userId: participant.userId, participantId: credential }
}

export function messageView(message: Message, receipts: readonly Receipt[]) {
  return { ...messageFields(message), receipts }
}

function messageFields(message: Message) {
  const { id, number, authorId, authorName, content, attachments, sentAt, editedAt, deletedAt } = message
  return { id, number, authorId, authorName, content, attachments, sentAt, editedAt, deletedAt }
}

/** An event of the log as JSON text. What was emitted stands in it as it was emitted, digit for digit. */
export function eventText({ id, seq, at, body }: DurableEvent, asAdmin: boolean): string {
  const text = JSON.stringify({ id, seq, at, ...fieldsOf(body, asAdmin) })
  const payload = 'payload' in body ? body.payload : undefined
  return payload === undefined ? text : `${text.slice(0, -1)},"payload":${payload}}`
}

function fieldsOf(body: DurableEvent['body'], asAdmin: boolean): object {
  switch (body.kind) {
    case 'message.created':
    case 'message.edited':
      return { kind: body.kind, message: messageFields(body.message) }
    case 'message.deleted':
      return { kind: body.kind, message: messageFields(body.message), by: body.by }
    case 'data.emitted':
      return { kind: body.kind, by: body.by }
    case 'room.updated': {
      const { discordWebhookLink: link, ...changes } = body.changes
      const shown = link === undefined || asAdmin ? link : maskedLink(link)
      return { kind: body.kind, changes: { ...changes, discordWebhookLink: shown } }
    }
    default:
      return body
  }
}
