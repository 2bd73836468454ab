import { readConfig } from '../config/read.ts'
import { showConfig } from '../config/show.ts'

interface CheckOptions {
  readonly data?: string
  readonly mode?: string
  readonly config?: string
}

/** Prints the effective configuration as YAML, secrets masked. Throws `ConfigError` with every mistake. */
export async function checkConfig({ config: file, ...flags }: CheckOptions): Promise<void> {
  const config = await readConfig({ flags: { ...flags }, env: process.env, ...(file && { file }) })
  process.stdout.write(showConfig(config))
}
