import { jsonDepth } from '../../model/json.ts'
import { Problem } from '../../model/problem.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The value without what the schema's `properties` do not name. Throws `invalid_request`, naming the path, for what could not
 * be passed on as it came: integers whose digits were lost beyond 2^53, and nesting deeper than `jsonDepth`.
 */
export function knownData(schema: JsonSchema, value: unknown, path: string, depth = 0): unknown {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Problem('invalid_request', `${path} is beyond 2^53: send it as a string.`)
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth === jsonDepth) {
    throw new Problem('invalid_request', `${path} is nested deeper than ${jsonDepth} levels.`)
  }
  if (Array.isArray(value)) {
    const items = asSchema(schema.items)
    return value.map((one, i) => knownData(items, one, `${path}[${i}]`, depth + 1))
  }
  const { properties, additionalProperties } = schema
  const named = asSchema(properties)
  const drops = properties !== undefined && additionalProperties !== true
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !drops || Object.hasOwn(named, name))
      .map(([name, one]) => [name, knownData(schemaOf(named, name), one, `${path}.${name}`, depth + 1)]),
  )
}

function schemaOf(properties: JsonSchema, name: string): JsonSchema {
  return Object.hasOwn(properties, name) ? asSchema(properties[name]) : {}
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {}
}
