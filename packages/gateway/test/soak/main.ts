import { parseArgs } from 'node:util'
import { spawnGateway } from '../harness.ts'
import { inspectable } from './inspector.ts'
import { Soak, soakConfig } from './soak.ts'

/** `npm run soak -- --minutes 5`: churn over all protocols that checks itself while it runs; ends with 1 when something was wrong. */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' } } })
const minutes = Number(values.minutes)
if (!(minutes > 0)) throw new Error(`--minutes must be a number above 0, got "${values.minutes}"`)

const gateway = await spawnGateway(soakConfig, () => ({ env: inspectable }))
try {
  const soak = await Soak.begin(gateway)
  const wrong = await soak.run(minutes * 60_000)
  process.stdout.write(`${soak.summary()}\n${wrong.length === 0 ? 'Nothing was wrong.' : wrong.join('\n')}\n`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  await gateway.dispose()
}
