import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { find } from '../src/peers/program.ts'
import { scenarios } from '../src/scenarios.ts'

const cannot =
  process.platform !== 'linux' || availableParallelism() < 2 || find('taskset') === null
    ? 'skipped: the benchmark needs Linux, two cores and taskset (apt-get install util-linux)'
    : false

test('the benchmark runs every scenario against every server that is installed', { skip: cannot }, () => {
  const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'smoke'], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  for (const { name, subjects } of scenarios('smoke')) {
    const [, section = ''] = stdout.split(`## ${name}\n`)
    for (const { label } of subjects) assert.match(section, new RegExp(`^\\| ${label} \\|`, 'm'), name)
  }
})
