import type { EntityFields, EntityKind } from '../entity.ts'
import { shapes } from './shapes.ts'

/**
 * What is known once `given` is told of an entity that was `known`: fields given replace those known, others stay. A null
 * where the table has none means that the sender does not know, and does not take away what is known.
 */
export function merge(kind: EntityKind, known: EntityFields, given: EntityFields): EntityFields {
  const merged: Record<string, unknown> = { ...known, ...given }
  for (const { name, nullable } of shapes[kind]) {
    if (!nullable && given[name] === null && known[name] !== undefined) merged[name] = known[name]
  }
  return merged
}
