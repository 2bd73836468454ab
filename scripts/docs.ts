import { writeFileSync } from 'node:fs'
import { asyncApiPage } from '../packages/gateway/src/app/asyncapi/document.ts'
import { defaultFrameTables } from '../packages/gateway/src/app/asyncapi/tables.ts'
import { configurationPage } from '../packages/gateway/src/app/config/document.ts'
import { version } from '../packages/gateway/src/app/version.ts'
import { matrixPage } from '../packages/gateway/test/matrix/matrix.ts'

// Writes the pages that come from the source. The tests fail when one is stale.
writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage())
writeFileSync(new URL('../docs/protocols/matrix.md', import.meta.url), matrixPage())
for (const table of defaultFrameTables) {
  writeFileSync(
    new URL(`../docs/asyncapi/${table.title}.yaml`, import.meta.url),
    asyncApiPage(table, version),
  )
}
