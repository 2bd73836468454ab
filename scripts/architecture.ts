/** Source files by path relative to a package's `src`, with `/` between. */
export type Sources = ReadonlyMap<string, string>

/** What may be imported from where: a folder may import itself and what stands in its row. */
const below: Readonly<Record<string, readonly string[]>> = {
  model: [],
  ports: ['model'],
  core: ['model', 'ports'],
  dialects: ['model', 'ports'],
  engines: ['model', 'ports'],
  transport: ['model', 'ports'],
  bridges: ['model', 'ports'],
  conformance: [],
  app: ['conformance', 'model', 'ports', 'core', 'dialects', 'engines', 'transport', 'bridges'],
}

/** Folders whose own folders are strangers to one another: one for each protocol, store and outside system. */
const divided: ReadonlySet<string> = new Set(['dialects', 'engines', 'bridges'])

/** What the model may take from the runtime: hashing is a pure function. */
const pure: ReadonlySet<string> = new Set(['node:crypto'])

const longestFile = 400

const importing =
  /(?:^|[\s;}])(?:import|export)\s[^'"]*?from\s*'([^']+)'|\bimport\s*\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm

/** Every place where the source is not built as `docs/architecture.md` says, as a sentence. Tests are excepted. */
export function violations(sources: Sources): string[] {
  const found: string[] = []
  for (const [path, text] of sources) {
    if (path.endsWith('.test.ts')) continue
    const lines = text.split('\n').length - 1
    if (lines > longestFile) found.push(`${path} has ${lines} lines, more than ${longestFile}`)
    for (const specifier of importsOf(text)) {
      const objection = objectionTo(path, specifier)
      if (objection !== null) found.push(`${path} imports '${specifier}': ${objection}`)
    }
  }
  return found
}

function importsOf(text: string): string[] {
  return [...text.matchAll(importing)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function objectionTo(path: string, specifier: string): string | null {
  const from = placeOf(path)
  if (!specifier.startsWith('.')) {
    const outside = specifier.startsWith('node:') && !pure.has(specifier)
    return from.folder === 'model' && outside ? 'the model does no I/O' : null
  }
  if (!specifier.endsWith('.ts')) return 'a relative import ends in .ts'
  const target = URL.parse(specifier, `file:///src/${path}`)?.pathname ?? ''
  if (!target.startsWith('/src/')) return 'it is outside of src'
  const to = placeOf(target.slice('/src/'.length))
  const allowed = below[from.folder]
  if (allowed === undefined) return `${from.folder} has no place in the architecture`
  if (to.folder === from.folder) {
    return to.part === from.part ? null : `${from.part} and ${to.part} do not know one another`
  }
  return allowed.includes(to.folder) ? null : `${from.folder} must not know ${to.folder}`
}

function placeOf(path: string): { folder: string; part: string } {
  const [folder = '', inner = '', ...rest] = path.split('/')
  return { folder, part: divided.has(folder) && rest.length > 0 ? `${folder}/${inner}` : folder }
}
