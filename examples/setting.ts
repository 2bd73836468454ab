/** An option of the command line, an environment variable, or a default, in this order. */
export function setting(option: string, variable: string, otherwise?: string): string {
  const at = process.argv.indexOf(`--${option}`)
  const value = (at < 0 ? undefined : process.argv[at + 1]) ?? process.env[variable] ?? otherwise
  if (value !== undefined) return value
  console.error(`Say --${option} or set ${variable}.`)
  process.exit(1)
}
