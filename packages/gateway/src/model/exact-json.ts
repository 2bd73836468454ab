/** The integer literals that a double may not hold: 16 digits and more. */
const longNumber = /[0-9]{16}/

/**
 * `JSON.parse`, but that integers beyond 2^53 come out as bigints: rounded, an id would name somebody else.
 * Throws what `JSON.parse` throws.
 */
export function parseExactly(text: string): unknown {
  return longNumber.test(text) ? JSON.parse(text, exactly) : JSON.parse(text)
}

function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source
  const tooLarge = typeof value === 'number' && !Number.isSafeInteger(value)
  return tooLarge && source !== undefined && /^-?[0-9]+$/.test(source) ? BigInt(source) : value
}
