import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { systemRandom } from './random.ts'
import { makeDataFolder, secretOf } from './secret.ts'

let folder: string
let data: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlance-secret-'))
  data = join(folder, 'inner', 'data')
  makeDataFolder(data)
})
afterEach(() => rmSync(folder, { recursive: true }))

const secret = (configured: string | null = null) => secretOf({ secret: configured, data }, systemRandom)
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe('the secret', () => {
  it('is the configured one, and then nothing is written', () => {
    assert.equal(secret('configured'), 'configured')
    assert.deepEqual(readdirSync(data), [])
  })

  it('is made once, of 256 random bits, and kept where only its owner reads', () => {
    const made = secret()
    assert.match(made, /^[A-Za-z0-9_-]{43}$/)
    assert.equal(secret(), made)
    assert.deepEqual(readdirSync(data), ['secret'])
    assert.equal(modeOf(join(data, 'secret')), '600')
    assert.equal(modeOf(data), '700')
  })

  it('is the one that another process has just made', () => {
    const path = join(data, 'secret')
    const theirs = 'x'.repeat(43)
    // The other process makes it between our look and our attempt.
    const random = {
      ...systemRandom,
      id(length: number) {
        writeFileSync(path, `${theirs}\n`)
        return systemRandom.id(length)
      },
    }
    assert.equal(secretOf({ secret: null, data }, random), theirs)
    assert.deepEqual(readdirSync(data), ['secret'])
  })

  it('is closed to others again when its file was copied without its mode', () => {
    const made = secret()
    chmodSync(join(data, 'secret'), 0o644)
    assert.equal(secret(), made)
    assert.equal(modeOf(join(data, 'secret')), '600')
  })

  it('is not taken from a file that was cut short', () => {
    writeFileSync(join(data, 'secret'), 'abc\n')
    assert.throws(() => secret(), /secret should hold 43 characters; delete it/)
    assert.equal(readFileSync(join(data, 'secret'), 'utf8'), 'abc\n')
  })
})
