/**
 * What a frame, a reply or a part of either must be. JSON stands for itself: objects with exactly these fields, arrays with
 * exactly these items. Objects with `$` are holes. Strings may hold placeholders.
 */
export type Pattern =
  | null
  | boolean
  | number
  | string
  | readonly Pattern[]
  | Hole
  | { readonly [field: string]: Pattern }

export type Hole =
  /** A value of that type; what it is can be used under the name `as` from then on. */
  | { readonly $: 'any' | 'string' | 'boolean' | 'number' | 'object'; readonly as?: string }
  | { readonly $: 'integer'; readonly as?: string; readonly min?: number; readonly max?: number }
  /** A string that the regular expression fits. */
  | { readonly $: 'like'; readonly like: string; readonly as?: string }
  /** This text, encrypted as `comms` does with this key (`seal.ts`). */
  | { readonly $: 'sealed'; readonly key: string; readonly text: string }
  /** An object that may have other fields. */
  | { readonly $: 'open'; readonly fields: { readonly [field: string]: Pattern } }
  /** The field may be absent. */
  | { readonly $: 'optional'; readonly value: Pattern }
  /** One of these. */
  | { readonly $: 'either'; readonly options: readonly Pattern[] }
  /** An array whose every item is like this; with `some`, one that has at least these. */
  | { readonly $: 'each'; readonly item: Pattern }
  | { readonly $: 'some'; readonly items: readonly Pattern[] }

export const any: Hole = { $: 'any' }
export const string = (as?: string): Hole => ({ $: 'string', ...(as !== undefined && { as }) })
export const boolean = (as?: string): Hole => ({ $: 'boolean', ...(as !== undefined && { as }) })
export const integer = (as?: string, min?: number, max?: number): Hole => ({
  $: 'integer',
  ...(as !== undefined && { as }),
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
})
export const like = (regularExpression: string, as?: string): Hole => ({
  $: 'like',
  like: regularExpression,
  ...(as !== undefined && { as }),
})
export const sealed = (key: string, text: string): Hole => ({ $: 'sealed', key, text })
/** A sentence: what an error says for people. */
export const sentence = like('\\w')
export const open = (fields: { readonly [field: string]: Pattern }): Hole => ({ $: 'open', fields })
export const optional = (value: Pattern): Hole => ({ $: 'optional', value })
export const either = (...options: Pattern[]): Hole => ({ $: 'either', options })
export const each = (item: Pattern): Hole => ({ $: 'each', item })
export const some = (...items: Pattern[]): Hole => ({ $: 'some', items })

export function isHole(pattern: Pattern): pattern is Hole {
  return typeof pattern === 'object' && pattern !== null && '$' in pattern
}

/** A pattern for people to read. */
export function show(pattern: Pattern): string {
  if (Array.isArray(pattern)) return `[${pattern.map(show).join(',')}]`
  if (typeof pattern !== 'object' || pattern === null) return JSON.stringify(pattern)
  if (!isHole(pattern)) return fields(pattern as { [field: string]: Pattern }, '')
  switch (pattern.$) {
    case 'like':
      return `<like ${pattern.like}>`
    case 'sealed':
      return `<${JSON.stringify(pattern.text)}, encrypted>`
    case 'open':
      return fields(pattern.fields, ',…')
    case 'optional':
      return `<absent or ${show(pattern.value)}>`
    case 'either':
      return `<${pattern.options.map(show).join(' or ')}>`
    case 'each':
      return `[<any number of ${show(pattern.item)}>]`
    case 'some':
      return `[${pattern.items.map(show).join(',')},<others>]`
    default:
      return `<${pattern.$}>`
  }
}

function fields(named: { readonly [field: string]: Pattern }, rest: string): string {
  const members = Object.entries(named).map(([name, value]) => `${JSON.stringify(name)}:${show(value)}`)
  return `{${members.join(',')}${rest}}`
}
