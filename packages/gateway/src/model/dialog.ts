import { createHash } from 'node:crypto'
import type { RoomId } from './room.ts'

const prefix = 'dialog:'

/** The two users of a dialog in the order their room keeps them. */
export function dialogPair(one: string, other: string): readonly [string, string] {
  return one < other ? [one, other] : [other, one]
}

/**
 * The room two users share, whoever asks. The ids are hashed, since both in full may be longer than a room's id, and since no
 * choice of ids may then be read as another pair.
 */
export function dialogId(one: string, other: string): RoomId {
  const pair = JSON.stringify(dialogPair(one, other))
  return `${prefix}${createHash('sha256').update(pair).digest('base64url')}`
}

/** No room of another kind is made under such an id: it could be made before the two meet, and be read by all. */
export function isDialogId(room: RoomId): boolean {
  return room.startsWith(prefix)
}
