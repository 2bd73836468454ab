import type { RoomEvent } from '../../model/event.ts'
import type { Position } from '../../model/position.ts'
import type { RoomSettings } from '../../model/room.ts'
import { maskedLink } from '../../model/webhook-link.ts'
import type { Speech } from '../../ports/core.ts'
import { packets } from './packets.ts'

/** The four ways this protocol says events. Connections that share one of these objects share each encoding. */
export interface Speeches {
  for(admin: boolean, withPositions: boolean): Speech
}

export function createSpeeches(): Speeches {
  const make = (admin: boolean, withPositions: boolean): Speech => ({
    wire: 'websocket',
    encode: (event) => encodeEvent(event, admin, withPositions),
  })
  const plain = { member: make(false, false), admin: make(true, false) }
  const resumable = { member: make(false, true), admin: make(true, true) }
  return {
    for: (admin, withPositions) => (withPositions ? resumable : plain)[admin ? 'admin' : 'member'],
  }
}

/** Where a resumable connection stands. */
export interface Standing {
  readonly position: Position
  /** Whether all that was missed follows. */
  readonly recovered: boolean
}

/** `{ heartbeatInterval }` in milliseconds; for a resumable connection also `epoch`, `s` and `recovered`. */
export function hello(heartbeatInterval: number, standing: Standing | null): string {
  if (standing === null) return JSON.stringify({ e: packets.hello, d: { heartbeatInterval } })
  const { position, recovered } = standing
  const d = { heartbeatInterval, epoch: position.epoch, s: position.seq, recovered }
  return JSON.stringify({ e: packets.hello, d })
}

/** A packet, with the event's position as `s` where that is asked for; null when the protocol has no word for the event. */
function encodeEvent(event: RoomEvent, admin: boolean, withPositions: boolean): string | null {
  const packet = packetOf(event, admin)
  if (packet === null) return null
  return JSON.stringify(withPositions && event.seq !== null ? { ...packet, s: event.seq } : packet)
}

function packetOf({ body }: RoomEvent, admin: boolean): { e: number; d: object } | null {
  switch (body.kind) {
    case 'message.created': {
      const { authorId, content, sentAt } = body.message
      return { e: packets.messageCreate, d: { authorId, content, sentAt } }
    }
    case 'room.updated': {
      const d = settingsSaid(body.changes, admin)
      return Object.keys(d).length === 0 ? null : { e: packets.roomUpdate, d }
    }
    case 'participant.kicked':
      return { e: packets.participantKick, d: { userId: body.userId } }
    case 'participant.changed': {
      const { banned, color, admin } = body.changes
      return { e: packets.participantUpdate, d: { userId: body.userId, banned, color, admin } }
    }
    case 'room.closed':
      return { e: packets.roomClose, d: {} }
    default:
      return null
  }
}

/** The protocol has no word for the room's name. */
function settingsSaid(
  { chatLocked, roomLocked, maxParticipants, discordWebhookLink: link }: Partial<RoomSettings>,
  admin: boolean,
): Partial<RoomSettings> {
  return {
    ...(chatLocked !== undefined && { chatLocked }),
    ...(roomLocked !== undefined && { roomLocked }),
    ...(maxParticipants !== undefined && { maxParticipants }),
    ...(link !== undefined && { discordWebhookLink: admin ? link : maskedLink(link) }),
  }
}
