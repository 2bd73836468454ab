import { uuidOf } from '../../src/dialects/comms/ids.ts'
import type { Speaker } from './matrix.ts'
import { anyNumber, anyText } from './observers.ts'

/** The frames each protocol says an event with, whole. What is only known once it happens is a hole. */

export interface Written {
  readonly room: string
  readonly author: string
  readonly admin: boolean
  readonly content: string
}

const commsUser = (id: string, admin = false) => ({ id, name: id, uuid: uuidOf(id), admin, bio: '' })

const data = (payload: unknown) => ({
  type: 'DATA',
  payload,
  eventID: anyText,
  clientID: anyText,
  latency: 0,
})

const presence = (type: string, payload: unknown) => ({ ...data(payload), type })

const commsEvent = (t: string, cnf: unknown, kept: boolean) => ({
  f: 130,
  cnf,
  ...(kept && { s: anyNumber }),
  t,
})

const mail = (eventType: string, payload: unknown, kept: boolean) => ({
  type: 'event',
  timestamp: anyNumber,
  ...(kept && { id: anyNumber }),
  eventType,
  payload,
})

type Words = Partial<Record<Speaker, unknown>>

export function created({ room, author, admin, content }: Written, emitted?: unknown): Words {
  return {
    rooms: { e: 3, d: { authorId: author, content, sentAt: anyNumber } },
    comms: commsEvent(
      'MESSAGE_CREATE',
      { user: commsUser(author, admin), content, messageID: anyNumber },
      true,
    ),
    channels: data(emitted ?? { messageId: anyNumber, authorId: author, content, sentAt: anyNumber }),
    messenger: mail('new', { chatId: room, userId: author, messageId: anyNumber, message: content }, true),
  }
}

export function edited({ room, author, content }: Written): Words {
  return {
    channels: data({ edited: { messageId: anyNumber, authorId: author, content, editedAt: anyNumber } }),
    messenger: mail('edit', { chatId: room, messageId: anyNumber, message: content }, true),
  }
}

export function deleted(room: string): Words {
  return {
    comms: commsEvent('MESSAGE_DELETE', { messageID: anyNumber }, true),
    channels: data({ deleted: { messageId: anyNumber } }),
    messenger: mail('delete', { chatId: room, messageId: anyNumber }, true),
  }
}

export function marked(room: string, mark: 'dlvrd' | 'read', messageId: number): Words {
  return { messenger: mail(mark, { chatId: room, messageId, timestamp: anyNumber }, true) }
}

export function typing(room: string, user: string): Words {
  return {
    comms: commsEvent('START_TYPING', { user: commsUser(user) }, false),
    messenger: mail('typing', { userId: user, chatId: room }, false),
  }
}

/** `shown`: the presence data that comes with a client of the protocol they connect with. */
export function joined(user: string, shown: unknown): Words {
  return {
    comms: commsEvent('ROOM_USER_ADD', { user: commsUser(user) }, false),
    channels: presence('PRESENCE:JOINED', { clientID: anyText, presence: shown }),
    messenger: mail('online', { userId: user }, false),
  }
}

export function left(user: string): Words {
  return {
    comms: commsEvent('ROOM_USER_REMOVE', { user: commsUser(user) }, false),
    channels: presence('PRESENCE:LEFT', { clientID: anyText }),
    messenger: mail('offline', { userId: user }, false),
  }
}

export function kicked(user: string): Words {
  const { comms, channels } = left(user)
  return { rooms: { e: 5, d: { userId: user } }, comms, channels }
}

export function presenceUpdated(data: unknown): Words {
  return { channels: presence('PRESENCE:UPDATED', { clientID: anyText, presence: data }) }
}

export function roomUpdated(changes: object): Words {
  return { rooms: { e: 4, d: changes } }
}

export function participantChanged(userId: string, changes: object): Words {
  return { rooms: { e: 6, d: { userId, ...changes } } }
}

export function emitted(payload: unknown): Words {
  return { channels: data(payload) }
}
