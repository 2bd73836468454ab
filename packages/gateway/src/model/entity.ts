/** What a service has had cached: part of what a bot sees of the chat platform it works for. */
export type EntityKind = 'member' | 'role' | 'user' | 'guild' | 'channel' | 'voiceState'

/** Kinds that belong to a guild, and go when it goes. */
export type GuildPart = 'member' | 'role' | 'channel' | 'voiceState'

export const entityKinds: readonly EntityKind[] = ['member', 'role', 'user', 'guild', 'channel', 'voiceState']

/** Names one entity. Members and voice states are known by guild and id, a voice state's id being its user's; all others by id alone. */
export interface EntityKey {
  readonly kind: EntityKind
  readonly id: string
  /** Looked at for members and voice states only. */
  readonly guildID: string | null
}

/** What is known of an entity: the fields of its kind's table (`entities/shapes.ts`), those of the key included. */
export type EntityFields = Readonly<Record<string, unknown>>

/** What a service says of an entity: the fields it gives. */
export interface Entity extends EntityKey {
  /** The guild it belongs to; a guild's own id; null for users and where nobody has said. */
  readonly guildID: string | null
  readonly fields: EntityFields
  /** It is no more: a voice state whose channel is null. */
  readonly gone: boolean
}

/** Whether the guild is part of the key. */
export function keyedByGuild(kind: EntityKind): boolean {
  return kind === 'member' || kind === 'voiceState'
}
