import { writeFileSync } from 'node:fs'
import { configurationPage } from '../packages/gateway/src/app/config/document.ts'
import { matrixPage } from '../packages/gateway/test/matrix/matrix.ts'

// Writes the pages that come from the source. The tests fail when one is stale.
writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage())
writeFileSync(new URL('../docs/protocols/matrix.md', import.meta.url), matrixPage())
