import Type from 'typebox'

/** A whole number. The unit stands in the description or the key. */
export function whole(value: number, description: string, minimum = 0, maximum?: number) {
  return Type.Integer({ default: value, minimum, ...(maximum !== undefined && { maximum }), description })
}

/** A text, or null when it is not set. `expects` says its form where `pattern` alone would not be understood. */
export function textOrNull(
  description: string,
  { secret = false, ...form }: { pattern?: string; expects?: string; secret?: boolean } = {},
) {
  return Type.Union([Type.String({ minLength: 1, ...form }), Type.Null()], {
    default: null,
    description,
    ...(secret && { secret }),
  })
}

/** A list of texts; in the environment they are separated by commas. */
export function texts(
  value: readonly string[],
  description: string,
  form: { pattern?: string; expects?: string } = {},
) {
  return Type.Array(Type.String({ minLength: 1, ...form }), { default: value, description })
}
