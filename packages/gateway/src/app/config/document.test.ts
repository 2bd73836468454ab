import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { configurationPage } from './document.ts'
import { keys } from './keys.ts'

const page = new URL('../../../../../docs/configuration.md', import.meta.url)

describe('docs/configuration.md', () => {
  it('says what the schema says (otherwise: npm run docs)', () => {
    assert.equal(readFileSync(page, 'utf8'), configurationPage())
  })

  it('describes every key', () => {
    for (const key of keys) assert.ok(key.schema.description, `${key.name} has no description`)
  })
})
