/** Whether a value may stand somewhere; asked of `undefined`, whether nothing may. */
export type Demand = (value: unknown) => boolean

/** A string of so many characters. */
export function string(least = 0, most = Number.POSITIVE_INFINITY): Demand {
  return (value) => typeof value === 'string' && [...value].length >= least && [...value].length <= most
}

/** An integer that JavaScript can hold exactly. */
export function whole(least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): Demand {
  return (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
}

export const number: Demand = (value) => typeof value === 'number'
export const boolean: Demand = (value) => typeof value === 'boolean'

export function oneOf(...words: readonly unknown[]): Demand {
  return (value) => words.includes(value)
}

/** Whatever there is instead is wrong. */
export const itself: Demand = () => false

export function optional(demand: Demand): Demand {
  return (value) => value === undefined || demand(value)
}

export function nullable(demand: Demand): Demand {
  return (value) => value === undefined || value === null || demand(value)
}
