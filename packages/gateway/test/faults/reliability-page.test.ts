import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const gateway = new URL('../../', import.meta.url)
const page = readFileSync(new URL('../../docs/reliability.md', gateway), 'utf8')

test('the page of what holds names a test for each of it, and every test it names is there', () => {
  const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line))
  assert.equal(rows.length, 19)
  for (const row of rows) {
    const tests = [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)
    assert.ok(tests.length > 0, row)
    for (const path of tests) assert.ok(existsSync(new URL(path, gateway)), path)
  }
})
