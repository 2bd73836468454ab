import type { Act, ActBody } from '../act.ts'
import type { Message } from '../message.ts'
import { authorId } from '../participant.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../room.ts'
import { checkEntry, checkWriting, isRoomAdmin } from './access.ts'
import type { Change, Decision, Facts } from './facts.ts'

type ActOf<Kind extends ActBody['kind']> = Act<Extract<ActBody, { kind: Kind }>>
type InRoom = Facts & { room: Room }

export function writeMessage(act: ActOf<'message.create'>, facts: InRoom): Decision {
  checkWriting(act, facts)
  const { payload, attachments } = act.body
  const message: Message = {
    id: facts.nextMessageId,
    number: facts.head.number + 1,
    authorId: authorId(act.actor),
    authorName: facts.actor?.name ?? act.actor.name,
    authorAdmin: isRoomAdmin(act.actor, facts.actor),
    content: act.body.content,
    ...(attachments !== undefined && { attachments }),
    sentAt: act.at,
    editedAt: null,
    deletedAt: null,
  }
  const room = { ...facts.room, lastActiveAt: act.at }
  const changes: Change[] = [{ kind: 'message.put', message }]
  if (room.discordWebhookLink !== null) {
    const content = [message.content, ...(attachments ?? []).map(({ url }) => url)].filter(Boolean).join('\n')
    changes.push({
      kind: 'delivery.put',
      messageId: message.id,
      url: room.discordWebhookLink,
      authorName: message.authorName,
      content,
    })
  }
  const event = { kind: 'message.created' as const, message, ...(payload !== undefined && { payload }) }
  return { event, changes, room, inbox: 'others' }
}

export function editMessage(act: ActOf<'message.edit'>, facts: InRoom): Decision {
  const original = ownOrAdmins(act, facts, act.body.authorOnly)
  checkWriting(act, facts)
  const message = { ...original, content: act.body.content, editedAt: act.at }
  return {
    event: { kind: 'message.edited', message },
    changes: [{ kind: 'message.put', message }],
    room: facts.room,
    inbox: 'others',
  }
}

export function deleteMessage(act: ActOf<'message.delete'>, facts: InRoom): Decision {
  const original = ownOrAdmins(act, facts)
  const { attachments: _, ...rest } = original
  const message = { ...rest, content: '', deletedAt: act.at }
  return {
    event: { kind: 'message.deleted', message, by: authorId(act.actor) },
    changes: [{ kind: 'message.erase', message }],
    room: facts.room,
    inbox: 'others',
  }
}

function ownOrAdmins(act: Act, facts: InRoom, authorOnly = false): Message {
  checkEntry(facts.room, act.actor, facts.actor)
  if (facts.message === null) throw new Problem('unknown_message')
  const own = act.actor.userId !== null && act.actor.userId === facts.message.authorId
  if (!own && authorOnly) throw new Problem('forbidden', 'Only its author may edit a message.')
  if (!own && !isRoomAdmin(act.actor, facts.actor)) {
    throw new Problem('forbidden', 'Only its author or an admin of the room may change a message.')
  }
  if (facts.message.deletedAt !== null) throw new Problem('message_deleted')
  return facts.message
}

export function emitData(act: ActOf<'data.emit'>, facts: InRoom): Decision {
  checkWriting(act, facts)
  return {
    event: { kind: 'data.emitted', payload: act.body.payload, by: authorId(act.actor) },
    changes: [],
    room: { ...facts.room, lastActiveAt: act.at },
  }
}
