import { expectation } from './expectation.ts'
import { type Key, type KeySchema, type Section, sections } from './keys.ts'

/** `docs/configuration.md`, written from the schema. */
export function configurationPage(): string {
  return `${opening}\n${sections
    .filter((section) => section.keys.length > 0)
    .map(part)
    .join('\n')}`
}

const opening = `<!-- Written by "npm run docs" from the schema; change that instead. -->

# Configuration

Nothing has to be configured. What is, comes from (the first that says something wins)

1. options of the command line: \`--port\`, \`--host\`, \`--data\`, \`--mode\`,
2. environment variables: \`PARLANCE_<SECTION>_<KEY>\`, lists separated by commas, empty ones ignored,
3. a YAML file given by \`--config\`,
4. the defaults.

\`\`\`yaml
# parlance.yaml
mode: production
origins: [https://chat.example.com]
rooms:
  idleHours: 0
\`\`\`

An unknown key or variable is a mistake, and so is a value its key does not take: the gateway names all of them and does not
start. \`parlance check-config\` does the same without starting, and prints what holds in the end, with secrets masked.
Kubernetes puts variables such as \`PARLANCE_PORT\` into pods of its own accord where a service is called \`parlance\`: set
\`enableServiceLinks: false\` there.

Times are in milliseconds and sizes in bytes unless the name of the key says otherwise.
`

function part({ name, description, keys }: Section): string {
  const heading = name === '' ? 'The gateway' : `\`${name}\``
  const about = description === '' ? '' : `\n${description}\n`
  const rows = keys.map(row).join('\n')
  return `## ${heading}\n${about}\n| key | takes | default | variable | |\n|---|---|---|---|---|\n${rows}\n`
}

function row({ name, env, schema }: Key): string {
  const cells = [
    `\`${name}\``,
    expectation(schema),
    shown(schema),
    `\`${env}\``,
    `${schema.description ?? ''}${schema.secret ? ' Secret.' : ''}`,
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function shown({ default: value }: KeySchema): string {
  if (value === null) return 'not set'
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((entry) => `\`${entry}\``).join(', ')
  return `\`${value}\``
}
