import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { surroundings } from './machine.ts'
import { type Result, sections } from './report.ts'
import { run } from './run.ts'
import { type Extent, scenarios } from './scenarios.ts'

const page = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url))
/** What people wrote stands above it, what was measured below. */
const mark = '<!-- Below this line, "npm run bench" writes. -->\n'

const help = `npm run bench                       everything, about ten minutes; writes docs/benchmarks.md
npm run bench -- smoke              everything in little, half a minute: does it still work?
npm run bench -- "many rooms" …     only these scenarios; writes nothing
`

async function main(asked: readonly string[]): Promise<void> {
  const extent: Extent = asked.includes('smoke') ? 'smoke' : 'full'
  const names = asked.filter((name) => name !== 'smoke')
  const all = scenarios(extent)
  const unknown = names.find((name) => !all.some((one) => one.name === name))
  if (unknown !== undefined) {
    throw new Error(`there is no scenario "${unknown}"; there are ${all.map(({ name }) => name).join(', ')}`)
  }
  const chosen = all.filter(({ name }) => names.length === 0 || names.includes(name))
  const results: Result[] = []
  for (const scenario of chosen) {
    results.push({ scenario, measured: await run(scenario, (line) => process.stderr.write(`${line}\n`)) })
  }
  const peers = new Set(chosen.flatMap(({ subjects }) => subjects.map(({ peer }) => peer)))
  const report = `${surroundings([...peers], new Date())}\n\n${sections(results)}`
  process.stdout.write(report)
  if (extent === 'full' && names.length === 0) write(report)
}

function write(report: string): void {
  const before = readFileSync(page, 'utf8')
  writeFileSync(page, `${before.slice(0, before.indexOf(mark) + mark.length)}\n${report}`)
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } })
if (values.help === true) process.stdout.write(help)
else await main(positionals)
