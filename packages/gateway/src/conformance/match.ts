import { type Hole, isHole, type Pattern, show } from './pattern.ts'
import { unseal } from './seal.ts'

/** What was captured by name. */
export type Captures = Map<string, unknown>

/**
 * Null when the value is as the pattern says, else where it is not, and what is there: `payload.clientID: expected <string>, got 5`.
 * What the pattern names is put into `captures`, and is to be dropped when it does not fit. Patterns are free of placeholders.
 */
export function mismatch(pattern: Pattern, value: unknown, captures: Captures, path = ''): string | null {
  if (Array.isArray(pattern)) return list(pattern as readonly Pattern[], value, captures, path)
  if (typeof pattern !== 'object' || pattern === null)
    return pattern === value ? null : wrong(pattern, value, path)
  if (isHole(pattern)) return hole(pattern, value, captures, path)
  return object(pattern as { [field: string]: Pattern }, value, captures, path, false)
}

/** Whether it fits, whatever it captures. */
export function fits(pattern: Pattern, value: unknown): boolean {
  return mismatch(pattern, value, new Map()) === null
}

function hole(pattern: Hole, value: unknown, captures: Captures, path: string): string | null {
  switch (pattern.$) {
    case 'open':
      return object(pattern.fields, value, captures, path, true)
    case 'optional':
      return mismatch(pattern.value, value, captures, path)
    case 'either': {
      const fitting = pattern.options.find((option) => fits(option, value))
      return fitting === undefined ? wrong(pattern, value, path) : mismatch(fitting, value, captures, path)
    }
    case 'sealed':
      return typeof value === 'string' && unseal(pattern.key, value) === pattern.text
        ? null
        : wrong(pattern, value, path)
    case 'each':
      if (!Array.isArray(value)) return wrong(pattern, value, path)
      return first(value.map((item, i) => () => mismatch(pattern.item, item, captures, `${path}[${i}]`)))
    case 'some':
      if (!Array.isArray(value)) return wrong(pattern, value, path)
      return first(
        pattern.items.map((item) => () => {
          const found = value.find((one) => fits(item, one))
          return found === undefined ? wrong(pattern, value, path) : mismatch(item, found, captures, path)
        }),
      )
    default: {
      if (!isOfType(pattern, value)) return wrong(pattern, value, path)
      if (pattern.as !== undefined) captures.set(pattern.as, value)
      return null
    }
  }
}

type Typed = Exclude<Hole, { readonly $: 'sealed' | 'open' | 'optional' | 'either' | 'each' | 'some' }>

function isOfType(pattern: Typed, value: unknown): boolean {
  switch (pattern.$) {
    case 'any':
      return true
    case 'integer': {
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = pattern
      return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
    }
    case 'like':
      return typeof value === 'string' && new RegExp(pattern.like, 'su').test(value)
    case 'object':
      return isObject(value)
    default:
      return typeof value === pattern.$
  }
}

function list(patterns: readonly Pattern[], value: unknown, captures: Captures, path: string): string | null {
  if (!Array.isArray(value) || value.length !== patterns.length) return wrong(patterns, value, path)
  return first(patterns.map((item, i) => () => mismatch(item, value[i], captures, `${path}[${i}]`)))
}

function object(
  fields: { readonly [field: string]: Pattern },
  value: unknown,
  captures: Captures,
  path: string,
  open: boolean,
): string | null {
  if (!isObject(value)) return wrong(fields, value, path)
  const below = (name: string) => (path === '' ? name : `${path}.${name}`)
  const unknown = open ? undefined : Object.keys(value).find((name) => !Object.hasOwn(fields, name))
  if (unknown !== undefined) return `${below(unknown)}: not expected, got ${JSON.stringify(value[unknown])}`
  return first(
    Object.entries(fields).map(([name, pattern]) => () => {
      if (Object.hasOwn(value, name)) return mismatch(pattern, value[name], captures, below(name))
      return isOptional(pattern) ? null : `${below(name)}: expected ${show(pattern)}, is missing`
    }),
  )
}

function isOptional(pattern: Pattern): boolean {
  return isHole(pattern) && pattern.$ === 'optional'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function first(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const found = check()
    if (found !== null) return found
  }
  return null
}

function wrong(pattern: Pattern, value: unknown, path: string): string {
  const where = path === '' ? '' : `${path}: `
  return `${where}expected ${show(pattern)}, got ${JSON.stringify(value)}`
}
