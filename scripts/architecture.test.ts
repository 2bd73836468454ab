import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type Sources, violations } from './architecture.ts'

const source = join(import.meta.dirname, '../packages/gateway/src')

function gateway(): Sources {
  const paths = globSync('**/*.ts', { cwd: source }).map((path) => path.replaceAll('\\', '/'))
  return new Map(paths.map((path) => [path, readFileSync(join(source, path), 'utf8')]))
}

const objections = (path: string, text: string) => violations(new Map([[path, text]]))

describe('the gateway', () => {
  it('is built as docs/architecture.md says', () => {
    const sources = gateway()
    assert.ok(sources.has('model/event.ts'), 'the source was found')
    assert.deepEqual(violations(sources), [])
  })
})

describe('the rule of the architecture', () => {
  const allowed: [string, string][] = [
    ['model/a.ts', "import type { B } from './b.ts'"],
    ['ports/a.ts', "import { b } from '../model/rules/b.ts'"],
    ['core/a.ts', "import { b } from '../ports/b.ts'\nimport { c } from 'jose'"],
    ['dialects/rooms/rest/a.ts', "import { b } from '../b.ts'"],
    ['app/a.ts', "const { b } = await import('../core/b.ts')"],
    ['app/a.ts', "import { b } from '../conformance/b.ts'"],
    ['core/a.test.ts', "import { b } from '../engines/embedded/b.ts'"],
  ]
  for (const [path, text] of allowed) {
    it(`lets ${path} say ${text.replaceAll('\n', '; ')}`, () => assert.deepEqual(objections(path, text), []))
  }

  const refused: [string, string, string][] = [
    ['model/a.ts', "import { b } from '../ports/b.ts'", 'model must not know ports'],
    ['model/a.ts', "import { readFileSync } from 'node:fs'", 'the model does no I/O'],
    ['ports/a.ts', "export { b } from '../core/b.ts'", 'ports must not know core'],
    ['core/a.ts', "import type {\n  B,\n} from '../transport/b.ts'", 'core must not know transport'],
    ['core/a.ts', "const b = await import('../app/b.ts')", 'core must not know app'],
    ['transport/a.ts', "import '../dialects/rooms/b.ts'", 'transport must not know dialects'],
    [
      'dialects/rooms/a.ts',
      "import { b } from '../channels/b.ts'",
      'dialects/rooms and dialects/channels do not know one another',
    ],
    ['conformance/a.ts', "import { b } from '../dialects/rooms/b.ts'", 'conformance must not know dialects'],
    ['core/a.ts', "import { b } from './b'", 'a relative import ends in .ts'],
    ['core/a.ts', "import { b } from '../../test/b.ts'", 'it is outside of src'],
  ]
  for (const [path, text, reason] of refused) {
    it(`does not let ${path} say ${text.replaceAll('\n', ' ')}`, () => {
      const found = objections(path, text)
      assert.equal(found.length, 1)
      assert.ok(found[0]?.endsWith(`: ${reason}`), found[0])
    })
  }

  it('takes files of 400 lines and none of 401', () => {
    assert.deepEqual(objections('core/a.ts', 'line\n'.repeat(400)), [])
    assert.deepEqual(objections('core/a.ts', 'line\n'.repeat(401)), [
      'core/a.ts has 401 lines, more than 400',
    ])
  })
})
