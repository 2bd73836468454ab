import type { RoomEvent } from '../../model/event.ts'
import type { Speech } from '../../ports/core.ts'
import type { Cipher } from './cipher.ts'
import { executeFrame, memberText, messageText } from './frames.ts'

interface Variant {
  /** How a message's content is shown. */
  readonly show: (content: string) => string
  /** The author's nonce, as JSON text. */
  readonly nonce?: string
}

function encode({ body, seq }: RoomEvent, { show, nonce }: Variant): string | null {
  switch (body.kind) {
    case 'message.created':
      return executeFrame('MESSAGE_CREATE', messageText(body.message, show(body.message.content), nonce), seq)
    case 'message.deleted':
      return executeFrame('MESSAGE_DELETE', `{"messageID":${body.message.id}}`, seq)
    case 'typing':
      return executeFrame('START_TYPING', `{"user":${memberText(body.member)}}`, null)
    case 'presence.joined':
      return executeFrame('ROOM_USER_ADD', `{"user":${memberText(body.member)}}`, null)
    case 'presence.left':
      return executeFrame('ROOM_USER_REMOVE', `{"user":${memberText(body.member)}}`, null)
    default:
      return null
  }
}

function speak(variant: Variant): Speech {
  return { wire: 'websocket', encode: (event) => encode(event, variant) }
}

const plain = (content: string): string => content

/** What all clients without encryption hear: one frame for all of them. */
export const plainSpeech = speak({ show: plain })

/** What one client with encryption hears: its contents are its own. */
export function encryptedSpeech(cipher: Cipher): Speech {
  return speak({ show: (content) => cipher.encrypt(content) })
}

/** What the author of a message hears of it. */
export function authorSpeech(nonce: string, cipher: Cipher | null): Speech {
  return speak({ show: cipher === null ? plain : (content) => cipher.encrypt(content), nonce })
}
