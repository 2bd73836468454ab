import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Problem } from '../model/problem.ts'

/** Checks a value; throws `invalid_request` with a sentence that names where it does not fit. */
export type Check = (value: unknown) => void

/** `what` begins the path in the sentence: `body`, `query`. */
export function compileCheck(schema: TSchema, what: string): Check {
  const validator = Compile(schema)
  return (value) => {
    if (validator.Check(value)) return
    throw new Problem('invalid_request', sentence(validator.Errors(value), what))
  }
}

/**
 * A query as an object that a schema can judge: the first value of each name, as the number or boolean that the schema wants
 * where the text is one.
 */
export function queryValues(query: URLSearchParams, schema: TSchema): Record<string, unknown> {
  const properties = ((schema as { properties?: Record<string, TSchema> }).properties ?? {}) as Record<
    string,
    TSchema
  >
  const values: Record<string, unknown> = Object.create(null)
  for (const [name, text] of query) {
    if (name in values) continue
    values[name] = Object.hasOwn(properties, name) ? converted(text, properties[name]!) : text
  }
  return values
}

function converted(text: string, schema: TSchema): unknown {
  const { type } = schema as { type?: string }
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  const isNumber = (type === 'integer' || type === 'number') && /^-?[0-9]+(?:\.[0-9]+)?$/.test(text)
  return isNumber ? Number(text) : text
}

interface Misfit {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

function sentence(misfits: readonly Misfit[], what: string): string {
  const first = misfits[0]
  if (first === undefined) return `${what} does not have the shape this route takes.`
  const path = what + first.instancePath.split('/').map(unescaped).join('.')
  if (first.keyword === 'required') {
    const { requiredProperties } = first.params as { requiredProperties: string[] }
    return `${path}.${requiredProperties[0]} is missing.`
  }
  if (first.keyword === 'boolean') return `${path} is not known here.`
  const choice = misfits.find(
    ({ keyword, instancePath }) => keyword === 'anyOf' && instancePath === first.instancePath,
  )
  return `${path} ${choice === undefined ? first.message : 'is none of what may stand there'}.`
}

/** A segment of a JSON pointer (RFC 6901 §4). */
function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}
