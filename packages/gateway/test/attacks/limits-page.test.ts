import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { keys } from '../../src/app/config/keys.ts'

/** The rows of the table of limits in `docs/operations.md`. */
const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')
const section = page.slice(page.indexOf('## Limits'), page.indexOf('## Stopping'))
const rows = section
  .split('\n')
  .filter((line) => /^\| `[a-z]+\.?\w+` \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, key = '', byDefault = '', reason = '', , test = '']) => ({
    name: key.replaceAll('`', ''),
    byDefault,
    reason,
    test: test.replaceAll('`', ''),
  }))

const units: Readonly<Record<string, number>> = {
  KiB: 1024,
  MiB: 1024 ** 2,
  s: 1000,
  min: 60_000,
}

/** `64 KiB` is 65536, `10 s` is 10000, `not set: …` is null. */
function amountOf(text: string): number | null {
  if (text.startsWith('not set')) return null
  const [amount, unit] = text.split(' ')
  return Number(amount) * (unit === undefined ? 1 : (units[unit] ?? 0))
}

/** What the protocols themselves name, in the same section: what and which test shows it. */
const constants = section
  .split('\n')
  .map((line) => /^\| \w+ \| (.+) \| `([\w./-]+\.test\.ts)` \|$/.exec(line))
  .filter((cells) => cells !== null)

describe('the table of limits', () => {
  it('says of each what holds, why, and which test shows it', () => {
    assert.ok(rows.length > 50)
    for (const { name, byDefault, reason, test } of rows) {
      const key = keys.find((one) => one.name === name)
      assert.ok(key !== undefined, `${name} is a key`)
      assert.equal(amountOf(byDefault), key.schema.default, name)
      assert.ok(reason.length > 5, name)
      assert.ok(existsSync(new URL(`../../${test}`, import.meta.url)), test)
    }
  })

  it('says which figures are not to be configured, and which test shows each', () => {
    assert.ok(constants.length >= 7)
    for (const [, what = '', test = ''] of constants) {
      assert.match(what, /[0-9]|fifth/)
      assert.ok(existsSync(new URL(`../../${test}`, import.meta.url)), test)
    }
  })

  it('has every limit of the transport', () => {
    const named = new Set(rows.map(({ name }) => name))
    const missing = keys.filter(({ name }) => name.startsWith('limits.') && !named.has(name))
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    )
  })
})
