/** Something that went wrong for a reason its reader can do something about: no stack is shown. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Errors that explain themselves, by name: loading their modules to compare classes would make every command slow. */
const explained: ReadonlySet<string> = new Set(['CommandError', 'ConfigError', 'Problem'])

/** What is said of an error that ends a command: a sentence, or for a mistake of ours its stack. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return `parlance: ${String(error)}`
  if (error.name === 'ConfigError') return error.message
  if (explained.has(error.name) || 'syscall' in error) return `parlance: ${error.message}`
  return `parlance: ${error.stack ?? error.message}`
}
