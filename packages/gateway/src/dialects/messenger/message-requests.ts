import type { Message } from '../../model/message.ts'
import { Problem } from '../../model/problem.ts'
import type { Mark } from '../../model/receipt.ts'
import type { Place } from '../../ports/memberships.ts'
import { attachmentsFrom } from './attachments.ts'
import { type Caller, ownEvent } from './caller.ts'
import { messageText } from './message-text.ts'
import type { Payload } from './payloads.ts'

/** Writing, correcting, taking back, marking and reading messages. Each gives what answers it, as JSON text, or nothing. */

export async function writeMessage(
  caller: Caller,
  { chatId, message = '', attachments: written }: Payload<'new'>,
  key: string,
): Promise<string> {
  const { core, user } = caller
  if (message === '' && written === undefined) {
    throw new Problem('invalid_payload', 'payload.message or payload.attachments must be there.')
  }
  checkLength(caller, message)
  const attachments = written === undefined ? undefined : attachmentsFrom(written)
  const { room, other } = await core.memberships.place(user, chatId)
  const post = (): Promise<Message> =>
    core.chat.post(room, user, message, {
      key,
      eventId: ownEvent(caller),
      from: caller.connectionId,
      ...(attachments && { attachments }),
    })
  try {
    return answer(await post())
  } catch (error) {
    if (other === null || !isUnknownRoom(error)) throw error
  }
  await core.memberships.openDialog(user, other)
  return answer(await post())
}

function answer({ number }: Message): string {
  return JSON.stringify({ messageId: number })
}

function checkLength({ options }: Caller, message: string): void {
  if (message.length > options.maxMessage && [...message].length > options.maxMessage) {
    throw new Problem(
      'invalid_payload',
      `payload.message must have at most ${options.maxMessage} characters.`,
    )
  }
}

export function isUnknownRoom(error: unknown): boolean {
  return error instanceof Problem && error.code === 'unknown_room'
}

/** An admin, who elsewhere may correct what others wrote, may not do so in this protocol. */
export async function editMessage(caller: Caller, payload: Payload<'edit'>, key: string): Promise<void> {
  const { core, user } = caller
  checkLength(caller, payload.message)
  const { room } = await core.memberships.place(user, payload.chatId)
  await core.chat.edit(room, user, payload.messageId, payload.message, {
    key,
    eventId: ownEvent(caller),
    from: caller.connectionId,
    authorOnly: true,
  })
}

export async function deleteMessage(caller: Caller, payload: Payload<'delete'>, key: string): Promise<void> {
  const { core, user } = caller
  const { room } = await core.memberships.place(user, payload.chatId)
  await core.chat.remove(room, user, payload.messageId, {
    key,
    eventId: ownEvent(caller),
    from: caller.connectionId,
  })
}

/** Marks need no key: one that covers nothing new changes nothing. */
export async function markMessages(
  caller: Caller,
  mark: Mark,
  { chatId, messageId }: Payload<'read'>,
): Promise<void> {
  const { core, user } = caller
  const { room } = await core.memberships.place(user, chatId)
  await core.receipts.mark(room, user, mark, messageId, { eventId: ownEvent(caller) })
}

export async function getMessage(
  { core, user }: Caller,
  { chatId, messageId }: Payload<'getMessage'>,
): Promise<string> {
  const place = await core.memberships.place(user, chatId)
  const message = await core.chat.get(place.room, user, messageId)
  const [text = 'null'] = await textsOf(core, place, [message])
  return text
}

export async function getMessages(
  { core, user }: Caller,
  { chatId, endId, count }: Payload<'getMessages'>,
): Promise<string> {
  const place = await core.memberships.place(user, chatId)
  const before = endId === undefined || endId === Number.MAX_SAFE_INTEGER ? null : endId + 1
  const newestFirst = await core.chat.page(place.room, user, before, count)
  return `[${(await textsOf(core, place, newestFirst.reverse())).join(',')}]`
}

async function textsOf(core: Caller['core'], place: Place, messages: readonly Message[]): Promise<string[]> {
  const receipts = await core.receipts.of(place.room, messages)
  return messages.map((message, index) => messageText(message, receipts[index] ?? [], place.other !== null))
}
