import { Problem } from '../problem.ts'
import type { Field, FieldType } from './shapes.ts'

export type Json = Readonly<Record<string, unknown>>

const printable = /^[\x21-\x7e]{1,64}$/
const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?$/

/** Throws `invalid_request`: "d.roles[0].name must be a string". */
export function refuse(path: string, wanted: string): never {
  throw new Problem('invalid_request', `${path} must be ${wanted}.`)
}

export function asObject(value: unknown, path: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, 'an object')
  return value as Json
}

/** An id of a key: ids are 64-bit numbers as strings, but any short word will do. */
export function asId(value: unknown, path: string): string {
  if (typeof value !== 'string' || !printable.test(value)) {
    refuse(path, 'a string of 1 to 64 printable ASCII characters without spaces')
  }
  return value
}

/** Nothing when the sender left it out; real senders write null for that. */
export function asList(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) refuse(path, 'an array')
  return value
}

/**
 * The given fields of a table, checked; what the table does not name is left out. Absent fields stay absent, and null is let
 * through everywhere. Throws `invalid_request`, naming the path, for a value of the wrong type.
 */
export function checkFields(fields: readonly Field[], given: Json, path: string): Record<string, unknown> {
  const checked: Record<string, unknown> = {}
  for (const { name, type } of fields) {
    const value = given[name]
    if (value !== undefined) checked[name] = value === null ? null : checks[type](value, `${path}.${name}`)
  }
  return checked
}

const checks: Readonly<Record<FieldType, (value: unknown, path: string) => unknown>> = {
  string: (value, path) => (typeof value === 'string' ? value : refuse(path, 'a string')),
  boolean: (value, path) => (typeof value === 'boolean' ? value : refuse(path, 'a boolean')),
  integer: (value, path) =>
    Number.isSafeInteger(value) ? value : refuse(path, 'an integer between −2^53 and 2^53'),
  timestamp: (value, path) =>
    typeof value === 'string' && timestamp.test(value) ? value : refuse(path, 'an ISO 8601 timestamp'),
  strings(value, path) {
    if (!Array.isArray(value)) refuse(path, 'an array of strings')
    return value.map((one, i) => (typeof one === 'string' ? one : refuse(`${path}[${i}]`, 'a string')))
  },
  overwrites(value, path) {
    if (!Array.isArray(value)) refuse(path, 'an array of overwrites')
    return value.map((one, i) => checkOverwrite(asObject(one, `${path}[${i}]`), `${path}[${i}]`))
  },
}

const overwriteFields: readonly Field[] = [
  { name: 'type', type: 'string', nullable: false },
  { name: 'allow', type: 'integer', nullable: false },
  { name: 'deny', type: 'integer', nullable: false },
]

/** Who it is for is its key; the rest may be left out. */
function checkOverwrite(given: Json, path: string): Record<string, unknown> {
  const id = asId(given.id, `${path}.id`)
  const checked = checkFields(overwriteFields, given, path)
  if (checked.type != null && checked.type !== 'role' && checked.type !== 'member') {
    refuse(`${path}.type`, '"role" or "member"')
  }
  return { id, ...checked }
}
