import { type KeySchema, keys, sections } from './keys.ts'
import { nearest } from './nearest.ts'

/** What one source of configuration says: values by key name, and what in it cannot be understood. */
export interface Layer {
  readonly given: ReadonlyMap<string, Given>
  readonly mistakes: readonly string[]
}

export interface Given {
  readonly value: unknown
  /** Where it stands: `PARLANCE_PORT`, `--port` or a file. */
  readonly source: string
}

type Texts = Readonly<Record<string, string | undefined>>

/** Variables with our prefix that belong to the command line's clients rather than to the gateway. */
const clientVariables: ReadonlySet<string> = new Set(['PARLANCE_URL', 'PARLANCE_TOKEN'])

const keyByName = new Map(keys.map((key) => [key.name, key]))
const keyByEnv = new Map(keys.map((key) => [key.env, key]))
const sectionNames = new Set(sections.map((section) => section.name))

/** Environment variables. An empty one counts as not set, as compose files pass them on. */
export function environmentLayer(env: Texts): Layer {
  const given = new Map<string, Given>()
  const mistakes: string[] = []
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('PARLANCE_') || clientVariables.has(variable) || !text) continue
    const key = keyByEnv.get(variable)
    if (key === undefined) mistakes.push(unknown(variable, keyByEnv.keys(), 'the environment'))
    else given.set(key.name, { value: fromText(key.schema, text), source: variable })
  }
  return { given, mistakes }
}

/** Options of the command line, by key name: `{ port: '8080' }` is `--port 8080`. */
export function flagLayer(flags: Texts): Layer {
  const given = new Map<string, Given>()
  for (const [name, text] of Object.entries(flags)) {
    const key = keyByName.get(name)
    if (key !== undefined && text !== undefined)
      given.set(name, { value: fromText(key.schema, text), source: `--${name}` })
  }
  return { given, mistakes: [] }
}

/** A tree of sections and keys, as a YAML file has it. */
export function treeLayer(tree: unknown, source: string): Layer {
  const given = new Map<string, Given>()
  const mistakes: string[] = []

  function visit(section: string, content: unknown): void {
    if (content === null || content === undefined) return
    if (typeof content !== 'object' || Array.isArray(content)) {
      const what = section === '' ? 'the whole' : section
      mistakes.push(`config: ${what} must be a section with keys of its own (from ${source})`)
      return
    }
    for (const [word, value] of Object.entries(content)) {
      const name = section === '' ? word : `${section}.${word}`
      if (keyByName.has(name)) given.set(name, { value, source })
      else if (sectionNames.has(name)) visit(name, value)
      else mistakes.push(unknown(name, [...keyByName.keys(), ...sectionNames], source))
    }
  }

  visit('', tree)
  return { given, mistakes }
}

/** Text as what its key takes; left as it is where it does not look like that, so that the check can show it. */
function fromText(schema: KeySchema, text: string): unknown {
  const types = [schema, ...(schema.anyOf ?? [])].map((each) => each.type)
  if (types.includes('integer') && /^-?[0-9]{1,15}$/.test(text)) return Number(text)
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true'
  if (schema.items?.type === 'object') return fromJson(text)
  if (types.includes('array')) {
    return text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
  }
  return text
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function unknown(name: string, known: Iterable<string>, source: string): string {
  const meant = nearest(name, known)
  return `config: there is no key ${name}${meant === null ? '' : `; did you mean ${meant}?`} (from ${source})`
}
