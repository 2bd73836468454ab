import { readFileSync } from 'node:fs'
import { environmentLayer, flagLayer, type Layer, treeLayer } from './layers.ts'
import { ConfigError, loadConfig } from './load.ts'
import type { Config } from './schema.ts'

/** Where a command takes its configuration from. */
export interface ConfigSources {
  /** Options of the command line, by key name. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly env: Readonly<Record<string, string | undefined>>
  /** The path of a YAML file. */
  readonly file?: string
}

/** Options over environment over file over defaults. Throws `ConfigError` with every mistake of all of them. */
export async function readConfig({ flags, env, file }: ConfigSources): Promise<Config> {
  const layers = [flagLayer(flags), environmentLayer(env)]
  if (file !== undefined) layers.push(await fileLayer(file))
  return loadConfig(layers)
}

/** The YAML parser is loaded only for those who have a file: starting does not wait for it. */
async function fileLayer(path: string): Promise<Layer> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([`config: the file ${path} cannot be read: ${(error as Error).message}`])
  }
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => `config: ${path} is not YAML: ${error.message.split('\n')[0]}`),
    )
  }
  return treeLayer(document.toJS(), path)
}
