/**
 * What stands for a placeholder, by what is written between its braces. In `"{{room}}"`, which is nothing but a placeholder, the value keeps its
 * type; within a longer string it becomes text.
 *
 * | | |
 * |---|---|
 * | `{{run}}` | eight letters and digits, new for every run of a scenario |
 * | `{{number}}` | an integer below 2^53, likewise |
 * | `{{user:ann}}` | the id of a user who has never been here: `ann-` and the run |
 * | `{{token:ann}}` | a token for that user; after it may stand `admin`, `bot`, `expired`, `forged`, `unsigned` and `numbered` |
 * | `{{sealed:key hello}}` | that text, encrypted with the key that was captured under that name (`seal.ts`) |
 * | `{{secret}}` | the secret of services |
 * | `{{name}}` | what was captured under that name |
 */
export type Lookup = (name: string) => unknown

const placeholder = /\{\{([^{}]+)\}\}/g
const nothingElse = /^\{\{([^{}]+)\}\}$/

/** The same data with every placeholder in its strings replaced. */
export function fill<Data>(data: Data, lookup: Lookup): Data {
  return filled(data, lookup) as Data
}

function filled(data: unknown, lookup: Lookup): unknown {
  if (typeof data === 'string') {
    const whole = nothingElse.exec(data)?.[1]
    if (whole !== undefined) return lookup(whole)
    return data.replaceAll(placeholder, (_, name: string) => String(lookup(name)))
  }
  if (Array.isArray(data)) return data.map((item) => filled(item, lookup))
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, filled(value, lookup)]))
}
