import type { TSchema } from 'typebox'
import { configSchema } from './schema.ts'

/** What the schema of one key says of it; the words are JSON Schema's, but for `secret` and `expects`. */
export interface KeySchema extends TSchema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly anyOf?: readonly KeySchema[]
  readonly items?: KeySchema
  readonly minimum?: number
  readonly maximum?: number
  readonly description?: string
  readonly default?: unknown
  readonly secret?: boolean
  readonly expects?: string
}

export interface Key {
  /** `rooms.maxParticipants` */
  readonly name: string
  readonly path: readonly string[]
  /** `PARLANCE_ROOMS_MAX_PARTICIPANTS` */
  readonly env: string
  readonly schema: KeySchema
}

export interface Section {
  /** `retention.public`; empty for the keys that stand in no section. */
  readonly name: string
  readonly description: string
  readonly keys: readonly Key[]
}

interface SectionSchema extends TSchema {
  readonly properties: Readonly<Record<string, KeySchema | SectionSchema>>
  readonly description?: string
}

/** Every section of the schema, in its order. */
export const sections: readonly Section[] = sectionsOf([], configSchema as SectionSchema)

/** Every key of the schema, in its order. */
export const keys: readonly Key[] = sections.flatMap((section) => section.keys)

function sectionsOf(path: readonly string[], schema: SectionSchema): Section[] {
  const own: Key[] = []
  const inner: Section[] = []
  for (const [word, property] of Object.entries(schema.properties)) {
    const here = [...path, word]
    if ('properties' in property) inner.push(...sectionsOf(here, property))
    else own.push({ name: here.join('.'), path: here, env: envName(here), schema: property })
  }
  return [{ name: path.join('.'), description: schema.description ?? '', keys: own }, ...inner]
}

function envName(path: readonly string[]): string {
  const words = path.map((word) => word.replace(/[A-Z]/g, '_$&').toUpperCase())
  return `PARLANCE_${words.join('_')}`
}
