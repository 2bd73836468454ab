import { stringify } from 'yaml'
import { keys } from './keys.ts'
import type { Config } from './schema.ts'

const secrets = new Set(keys.filter((key) => key.schema.secret).map((key) => key.name))

/** The configuration as YAML, which could be put into a file but for its secrets: those that are set are `'***'`. */
export function showConfig(config: Config): string {
  return stringify(masked('', config))
}

function masked(name: string, value: unknown): unknown {
  if (secrets.has(name)) return value === null ? null : '***'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([word, inner]) => [word, masked(name ? `${name}.${word}` : word, inner)]),
  )
}
