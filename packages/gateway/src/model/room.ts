/** A room's id: 1 to 200 characters. The channel `general`, the room `general` and the chat `general` are one room. */
export type RoomId = string

/** `public`: anyone may enter, made on first use. `members`: needs a participant credential or a member's token. */
export type RoomAccess = 'public' | 'members'

export interface RoomSettings {
  readonly name: string | null
  readonly description: string | null
  /** Nobody but admins may write. */
  readonly chatLocked: boolean
  /** Nobody may join. */
  readonly roomLocked: boolean
  /** How many participants who are not banned the room takes; ≥ 1. */
  readonly maxParticipants: number
  /** The Discord webhook that gets every message of the room. A secret: who has it can post. */
  readonly discordWebhookLink: string | null
}

export interface Room extends RoomSettings {
  readonly id: RoomId
  readonly access: RoomAccess
  /** The two users whose dialog this is, in the order of their ids; absent for every other room. */
  readonly dialog?: readonly [string, string]
  /** Not closed for having gone unwritten. */
  readonly lasting?: boolean
  /** Who made it; null for a room that was made by being used. */
  readonly creatorId: string | null
  /** Chosen at random when the room is made, so that a later room of the same id is not taken for this one. */
  readonly incarnation: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** When something was last written, or when the room was made. Milliseconds since 1970. */
  readonly lastActiveAt: number
  /** The hash of the admin password, or null when the room has none. */
  readonly passwordHash: string | null
}

export const defaultSettings: RoomSettings = {
  name: null,
  description: null,
  chatLocked: false,
  roomLocked: false,
  maxParticipants: 100,
  discordWebhookLink: null,
}
