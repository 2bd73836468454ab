import type { Message } from '../../model/message.ts'
import type { Receipt } from '../../model/receipt.ts'
import type { Membership } from '../../ports/membership-store.ts'
import { seconds } from './frames.ts'

/** A message as a client reads it, as JSON text. In a dialog there is one other, whose marks stand on the message itself. */
export function messageText(message: Message, receipts: readonly Receipt[], isDialog: boolean): string {
  const { number, authorId, content, attachments, sentAt, editedAt, deletedAt } = message
  return JSON.stringify({
    messageId: number,
    sender: authorId,
    ...(content !== '' && { message: content }),
    ...(attachments !== undefined && { attachments }),
    createdAt: seconds(sentAt),
    ...(editedAt !== null && { updatedAt: seconds(editedAt) }),
    ...(deletedAt !== null && { deletedAt: seconds(deletedAt) }),
    ...(isDialog
      ? marksOf(receipts[0])
      : { delivering: receipts.map((receipt) => ({ userId: receipt.userId, ...marksOf(receipt) })) }),
  })
}

function marksOf(receipt: Receipt | undefined): { dlvrd?: number; read?: number } {
  return {
    ...(receipt?.delivered !== undefined && { dlvrd: seconds(receipt.delivered) }),
    ...(receipt?.read !== undefined && { read: seconds(receipt.read) }),
  }
}

/** The other user of a dialog, as this one sees it. */
function otherOf({ room }: Membership, userId: string): string | null {
  return room.dialog?.find((id) => id !== userId) ?? null
}

/** A chat as it stands in a list. */
export function chatOf(
  membership: Membership,
  userId: string,
  isOnline: (userId: string) => boolean,
): object {
  const { room, lastMessage, unread, otherName, participants } = membership
  const other = otherOf(membership, userId)
  const type = other !== null ? 'dialog' : room.access === 'public' ? 'channel' : 'group'
  return {
    chatId: other ?? room.id,
    type,
    name: other === null ? (room.name ?? room.id) : (otherName ?? other),
    ...(lastMessage !== null && {
      lastMessageId: lastMessage.number,
      ...(lastMessage.content !== '' && { lastMessageText: lastMessage.content }),
      lastMessageTime: seconds(lastMessage.sentAt),
      lastMessageAuthor: lastMessage.authorId,
    }),
    missed: unread,
    ...(other === null ? { participantCount: participants } : { online: isOnline(other) }),
  }
}
