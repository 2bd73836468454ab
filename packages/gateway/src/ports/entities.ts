import type { Entity, EntityKey, EntityKind, GuildPart } from '../model/entity.ts'
import type { JsonText } from '../model/event.ts'

/**
 * Keeps entities. Every promise resolves after its effect is durable and rejects with a `Problem`. What a call answers has
 * the effect of every call made before it. `test/contracts/entities.ts` says the rest.
 */
export interface EntityStore {
  /**
   * Keeps all of them or none, in the order given: each is merged into what is known under its key (`entities/merge.ts`), and
   * one that is gone is removed. For a few hundred at a time: others wait meanwhile.
   */
  put(entities: readonly Entity[]): Promise<void>
  get(key: EntityKey): Promise<StoredEntity | null>
  /** Those of a guild, by rising id (as text), at most `limit`, after the id `after` (null: from the first). */
  list(guildID: string, kind: GuildPart, after: string | null, limit: number): Promise<StoredEntity[]>
  /** Voice states in one channel of a guild, as `list` has them. */
  voiceStates(
    guildID: string,
    channelID: string,
    after: string | null,
    limit: number,
  ): Promise<StoredEntity[]>
  /** False when it was not there. A guild goes with everything that belongs to it, in the end itself. */
  remove(key: EntityKey): Promise<boolean>
  count(kind: EntityKind): Promise<number>
}

export interface StoredEntity {
  readonly id: string
  readonly guildID: string | null
  /** Its fields, those of its key included. */
  readonly json: JsonText
}
