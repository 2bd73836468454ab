import type { DurableBody } from '../../model/event.ts'
import type { Addressee, Letter } from '../../ports/inbox-store.ts'
import type { MailSpeech, Notice } from '../../ports/mail.ts'
import { eventFrame, seconds } from './frames.ts'

/** An event's name, and its payload but for the chat, which in a dialog is the other user for each of the two. */
interface Said {
  readonly name: string
  /** JSON text that follows the chat's: `,"messageId":5}`. */
  rest(addressee: Addressee): string
}

/** What users are told of what happens in their chats. */
export const messengerSpeech: MailSpeech = {
  letter({ event, dialog }) {
    const said = say(event.body, event.at)
    if (said === null) return null
    const chat = chatText(dialog, event.room)
    return (addressee) =>
      eventFrame(
        event.at,
        addressee.id,
        said.name,
        `{"chatId":${chat(addressee.userId)}${said.rest(addressee)}`,
      )
  },

  notice(notice) {
    if (notice.kind !== 'typing') {
      const frame = eventFrame(notice.at, null, notice.kind, JSON.stringify({ userId: notice.userId }))
      return () => frame
    }
    const chat = chatText(notice.dialog, notice.room)
    return (userId) => eventFrame(notice.at, null, 'typing', typing(notice, chat(userId)))
  },
}

function typing({ userId }: Notice, chat: string): string {
  return `{"userId":${JSON.stringify(userId)},"chatId":${chat}}`
}

/** The chat's id, as JSON text, as this user sees it. */
function chatText(dialog: Letter['dialog'], room: string): (userId: string) => string {
  if (dialog === null) {
    const text = JSON.stringify(room)
    return () => text
  }
  const [one, other] = dialog
  const [oneText, otherText] = [JSON.stringify(one), JSON.stringify(other)]
  return (userId) => (userId === one ? otherText : oneText)
}

function say(body: DurableBody, at: number): Said | null {
  switch (body.kind) {
    case 'message.created': {
      const { number, authorId, content, attachments } = body.message
      const text = content === '' ? '' : `,"message":${JSON.stringify(content)}`
      const files = attachments === undefined ? '' : `,"attachments":${JSON.stringify(attachments)}`
      return same('new', `,"userId":${JSON.stringify(authorId)},"messageId":${number}${text}${files}}`)
    }
    case 'message.edited': {
      const { number, content, deletedAt } = body.message
      const text = deletedAt === null ? `,"message":${JSON.stringify(content)}` : ''
      return same('edit', `,"messageId":${number}${text}}`)
    }
    case 'message.deleted':
      return same('delete', `,"messageId":${body.message.number}}`)
    case 'receipts.advanced': {
      const highest = new Map(body.authors.map((author) => [author.userId, author.highest]))
      return {
        name: body.mark === 'read' ? 'read' : 'dlvrd',
        rest: ({ userId }) => `,"messageId":${highest.get(userId) ?? body.upTo},"timestamp":${seconds(at)}}`,
      }
    }
    default:
      return null
  }
}

function same(name: string, rest: string): Said {
  return { name, rest: () => rest }
}
