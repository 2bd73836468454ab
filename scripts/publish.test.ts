import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import {
  type Lockfile,
  type Manifest,
  objectionsToLockfile,
  objectionsToManifest,
  objectionsToTree,
  productionTree,
  readJson,
} from './package-rules.ts'

const root = join(import.meta.dirname, '..')
const workspace = 'packages/gateway'
const lockfile = readJson<Lockfile>(join(root, 'package-lock.json'))

describe('what an installation of the package brings', () => {
  it('is pinned and runs nothing', () => {
    assert.deepEqual(objectionsToManifest(readJson<Manifest>(join(root, workspace, 'package.json'))), [])
  })

  it('is no package with install scripts, native addons or a source other than the registry', () => {
    const tree = productionTree(lockfile, workspace)
    assert.ok(tree.has('node_modules/ws') && tree.has('node_modules/sonic-boom'), 'the tree was found')
    assert.deepEqual(objectionsToTree(lockfile, workspace, root), [])
  })

  it('would be refused if it did', () => {
    assert.equal(
      objectionsToManifest({ dependencies: { ws: '^8.0.0' }, scripts: { postinstall: 'x' } }).length,
      2,
    )
    const packages = {
      a: { dependencies: { b: '1.0.0' } },
      'node_modules/b': { hasInstallScript: true, dependencies: { c: '1.0.0' } },
      'node_modules/b/node_modules/c': { resolved: 'git+ssh://git@github.com/c/c.git' },
      'node_modules/d': { hasInstallScript: true },
    }
    assert.deepEqual(objectionsToTree({ packages }, 'a', tmpdir()), [
      'node_modules/b has an install script',
      'node_modules/b/node_modules/c comes from git',
    ])
  })
})

describe('the lockfile', () => {
  it('installs on every platform, from whatever registry', () => {
    assert.deepEqual(objectionsToLockfile(lockfile), [])
  })

  it('would be refused if it did not', () => {
    const packages = {
      'packages/a': { optionalDependencies: { b: '1.0.0' } },
      'node_modules/a': { link: true, resolved: 'packages/a' },
      'node_modules/c': { resolved: 'https://registry.example/c.tgz' },
    }
    assert.deepEqual(objectionsToLockfile({ packages }), [
      'packages/a may need b, which has no entry',
      'node_modules/c names where it came from',
    ])
  })
})

describe('the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-package-'))
  const command = join(folder, 'package/bin/parlance.js')
  let files: string[] = []
  after(() => rmSync(folder, { recursive: true }))

  before(() => {
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: join(root, workspace),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const { filename, contents } = tarballIn(packed)
    files = contents
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', folder])
    symlinkSync(join(root, 'node_modules'), join(folder, 'package/node_modules'))
  })

  it('holds what was built and the command, and no source, test or data', () => {
    const others = files.filter((path) => !/^(bin|dist)\/[\w/-]+\.js$/.test(path))
    assert.deepEqual(others.toSorted(), ['LICENSE', 'README.md', 'package.json'])
    assert.ok(files.includes('dist/app/main.js'))
    assert.deepEqual(
      files.filter((path) => /test/.test(path)),
      [],
    )
  })

  it('has a command that explains itself', () => {
    assert.match(execFileSync(process.execPath, [command, '--help'], { encoding: 'utf8' }), /Usage: parlance/)
  })

  it('starts a gateway, and stops it', async () => {
    const data = join(folder, 'data')
    const gateway = spawn(process.execPath, [command, 'serve', '--port', '0', '--data', data])
    const [line] = (await once(createInterface(gateway.stdout), 'line')) as [string]
    const url = /http:\S+/.exec(line)?.[0]
    const reply = await fetch(`${url}/readyz`)
    assert.deepEqual([reply.status, await reply.json()], [200, { status: 'ready' }])
    gateway.kill('SIGTERM')
    assert.deepEqual(await once(gateway, 'exit'), [0, null])
  })
})

/** npm prints what the package's own scripts say, too, and a list or an object, according to its version. */
function tarballIn(packed: string): { filename: string; contents: string[] } {
  const json = JSON.parse(packed.slice(packed.search(/^[[{]/m))) as unknown
  const [first] = Object.values(json as Record<string, { filename: string; files: { path: string }[] }>)
  assert.ok(first)
  return { filename: first.filename, contents: first.files.map((file) => file.path) }
}
