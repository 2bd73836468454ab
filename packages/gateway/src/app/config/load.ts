import { Check } from 'typebox/schema'
import { expectation } from './expectation.ts'
import { type Key, keys } from './keys.ts'
import { type Given, type Layer, treeLayer } from './layers.ts'
import { contradictions } from './rules.ts'
import type { Config, PartialConfig } from './schema.ts'

/** Everything that is wrong with a configuration: one sentence each, beginning with `config:`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

/** The effective configuration: each key from the first layer that has it, or its default. Throws `ConfigError` with every mistake. */
export function loadConfig(layers: readonly Layer[]): Config {
  const mistakes = layers.flatMap((layer) => layer.mistakes)
  const wrong = new Set<string>()
  const config: Tree = {}
  for (const key of keys) {
    let given = layers.map((layer) => layer.given.get(key.name)).find((entry) => entry !== undefined)
    if (given !== undefined && !Check(key.schema, given.value)) {
      wrong.add(key.name)
      mistakes.push(mistake(key, given))
      given = undefined
    }
    put(config, key.path, structuredClone(given === undefined ? key.schema.default : given.value))
  }
  for (const { keys, says } of contradictions(config as unknown as Config)) {
    if (!keys.some((key) => wrong.has(key))) mistakes.push(says)
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return freeze(config) as unknown as Config
}

/** The configuration of a gateway that is started from code: the defaults, but for what is given. */
export function configOf(some: PartialConfig): Config {
  return loadConfig([treeLayer(some, 'code')])
}

interface Tree {
  [word: string]: unknown
}

function mistake({ name, schema }: Key, { value, source }: Given): string {
  const got = schema.secret ? 'something else' : (JSON.stringify(value) ?? String(value)).slice(0, 80)
  return `config: ${name} must be ${expectation(schema)}, got ${got} (from ${source})`
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [word = '', ...rest] = path
  if (rest.length === 0) {
    tree[word] = value
  } else {
    const inner = (tree[word] ?? {}) as Tree
    tree[word] = inner
    put(inner, rest, value)
  }
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}
