import type { EntityKind } from '../entity.ts'

export type FieldType =
  | 'string'
  | 'integer'
  | 'boolean'
  | 'strings'
  /** ISO 8601, with date and time. */
  | 'timestamp'
  | 'overwrites'

export interface Field {
  readonly name: string
  readonly type: FieldType
  /** Null is a value of its own here. Elsewhere it means that the sender does not know. */
  readonly nullable: boolean
}

function field(name: string, type: FieldType): Field {
  return { name, type, nullable: false }
}

function nullable(name: string, type: FieldType): Field {
  return { name, type, nullable: true }
}

/** The fields of each kind besides its key, as the protocol's tables have them. */
export const shapes: Readonly<Record<EntityKind, readonly Field[]>> = {
  member: [nullable('nickname', 'string'), field('roles', 'strings'), field('joinedAt', 'timestamp')],
  role: [
    field('name', 'string'),
    field('color', 'integer'),
    field('position', 'integer'),
    field('permissions', 'integer'),
  ],
  user: [
    field('username', 'string'),
    field('discriminator', 'string'),
    nullable('avatar', 'string'),
    field('bot', 'boolean'),
  ],
  guild: [
    field('name', 'string'),
    nullable('icon', 'string'),
    field('ownerID', 'string'),
    field('region', 'string'),
    field('memberCount', 'integer'),
  ],
  channel: [
    field('type', 'integer'),
    field('position', 'integer'),
    field('name', 'string'),
    field('nsfw', 'boolean'),
    field('overwrites', 'overwrites'),
    field('userLimit', 'integer'),
    nullable('parentID', 'string'),
  ],
  voiceState: [
    nullable('channelID', 'string'),
    field('deaf', 'boolean'),
    field('mute', 'boolean'),
    field('selfDeaf', 'boolean'),
    field('selfMute', 'boolean'),
  ],
}
