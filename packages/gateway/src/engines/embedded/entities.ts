import type { DatabaseSync } from 'node:sqlite'
import { merge } from '../../model/entities/merge.ts'
import {
  type Entity,
  type EntityFields,
  type EntityKey,
  type EntityKind,
  keyedByGuild,
} from '../../model/entity.ts'
import type { EntityStore, StoredEntity } from '../../ports/entities.ts'
import { query } from './database.ts'
import type { Synchronous } from './synchronous.ts'

/** An entity on its way to the worker: flat, so that the way is short. `json` is null when it is gone. */
export type EntityPut = readonly [
  kind: EntityKind,
  scope: string,
  id: string,
  guildID: string | null,
  json: string | null,
]

export interface Entities extends Omit<Synchronous<EntityStore>, 'put'> {
  put(puts: readonly EntityPut[]): void
  /** Removes some of what belongs to a guild. False: nothing is left of it. */
  clearSome(guildID: string): boolean
}

interface EntityRow {
  id: string
  guild: string | null
  json: string
}

/** How many are removed at once: a few milliseconds. */
const slice = 1000

export function putOf(entity: Entity): EntityPut {
  const { kind, id, guildID, fields, gone } = entity
  return [kind, scopeOf(entity), id, guildID, gone ? null : JSON.stringify(fields)]
}

/** A large server has 100,000 members: nothing here reads more rows than it answers or writes. */
export function createEntities(db: DatabaseSync): Entities {
  const byKey = query<EntityRow>(
    db,
    'SELECT id, guild, json FROM entities WHERE kind = ? AND scope = ? AND id = ?',
  )
  const insert = query(
    db,
    'INSERT INTO entities (kind, scope, id, guild, channel, json) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const update = query(
    db,
    'UPDATE entities SET guild = ?, channel = ?, json = ? WHERE kind = ? AND scope = ? AND id = ?',
  )
  const removeOne = query<unknown>(
    db,
    'DELETE FROM entities WHERE kind = ? AND scope = ? AND id = ? RETURNING 1',
  )
  const removeSome = query<unknown>(
    db,
    `DELETE FROM entities WHERE (kind, scope, id) IN
       (SELECT kind, scope, id FROM entities WHERE guild = ? AND kind <> 'guild' LIMIT ${slice})
     RETURNING 1`,
  )
  const removeGuild = query(db, 'DELETE FROM entities WHERE guild = ?')
  const ofGuild = query<EntityRow>(
    db,
    'SELECT id, guild, json FROM entities WHERE guild = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?',
  )
  const inChannel = query<EntityRow>(
    db,
    'SELECT id, guild, json FROM entities WHERE guild = ? AND channel = ? AND id > ? ORDER BY id LIMIT ?',
  )
  const count = query<{ count: number }>(db, 'SELECT count FROM entity_counts WHERE kind = ?')

  function put([kind, scope, id, guildID, json]: EntityPut): void {
    if (json === null) {
      removeOne.get(kind, scope, id)
      return
    }
    const known = byKey.get(kind, scope, id)
    if (known === undefined) {
      insert.run(kind, scope, id, guildID, channelOf(kind, json), json)
      return
    }
    const merged = JSON.stringify(merge(kind, parse(known.json), parse(json)))
    if (merged === known.json) return
    update.run(guildID ?? known.guild, channelOf(kind, merged), merged, kind, scope, id)
  }

  return {
    put(puts) {
      for (const one of puts) put(one)
    },
    get(key) {
      const row = byKey.get(key.kind, scopeOf(key), key.id)
      return row === undefined ? null : storedFrom(row)
    },
    list: (guildID, kind, after, limit) => ofGuild.all(guildID, kind, after ?? '', limit).map(storedFrom),
    voiceStates: (guildID, channelID, after, limit) =>
      inChannel.all(guildID, channelID, after ?? '', limit).map(storedFrom),
    clearSome: (guildID) => removeSome.all(guildID).length === slice,
    remove(key) {
      const removed = removeOne.get(key.kind, scopeOf(key), key.id) !== undefined
      if (key.kind === 'guild') removeGuild.run(key.id)
      return removed
    },
    count: (kind) => count.get(kind)?.count ?? 0,
  }
}

function scopeOf({ kind, guildID }: EntityKey): string {
  return keyedByGuild(kind) ? (guildID ?? '') : ''
}

/** Where a voice state is: indexed, so that a channel finds those in it. */
function channelOf(kind: EntityKind, json: string): string | null {
  if (kind !== 'voiceState') return null
  const { channelID } = parse(json)
  return typeof channelID === 'string' ? channelID : null
}

function parse(json: string): EntityFields {
  return JSON.parse(json) as EntityFields
}

function storedFrom({ id, guild, json }: EntityRow): StoredEntity {
  return { id, guildID: guild, json }
}
