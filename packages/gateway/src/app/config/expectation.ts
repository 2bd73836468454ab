import type { KeySchema } from './keys.ts'

/** What a value of this schema is, as the end of the sentence "… must be …". */
export function expectation(schema: KeySchema): string {
  if (schema.expects !== undefined) return schema.expects
  if (schema.anyOf !== undefined) return schema.anyOf.map(expectation).join(' or ')
  if (schema.enum !== undefined) return schema.enum.map((word) => `"${word}"`).join(' or ')
  if (schema.items !== undefined) return `a list, each entry ${expectation(schema.items)}`
  if (schema.type === 'integer') return `an integer${range(schema)}`
  if (schema.type === 'boolean') return 'true or false'
  return schema.type === 'null' ? 'null' : 'a text'
}

function range({ minimum, maximum }: KeySchema): string {
  if (maximum !== undefined) return ` from ${minimum ?? '−∞'} to ${maximum}`
  return minimum === undefined ? '' : ` ≥ ${minimum}`
}
