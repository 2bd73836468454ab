import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it, type TestContext } from 'node:test'
import { connectChannels, http } from '../../../test/harness.ts'
import { type CommandOptions, RunningCommand, runCommand } from '../../../test/support/run-command.ts'

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'parlance-serve-'))
})
afterEach(() => rmSync(data, { recursive: true }))

const longSecret = 'a random text of at least 32 characters'

/** Starts a gateway on a free port and waits for the line that says where. */
async function serve(t: TestContext, args: readonly string[] = [], options?: CommandOptions) {
  const running = new RunningCommand(['serve', '--port', '0', '--data', data, ...args], options)
  t.after(() => running.kill('SIGKILL'))
  const line = await running.line()
  const url = /http:\/\/\S+/.exec(line)?.[0] ?? ''
  return { running, line, url }
}

describe('parlance serve', () => {
  it('says in one line where it listens, then what can be connected where', async (t) => {
    const { running, line, url } = await serve(t)
    assert.match(
      line,
      /^parlance is listening on http:\/\/127\.0\.0\.1:[1-9]\d* \(development mode, data in /,
    )
    assert.equal((await http({ url }, 'GET', '/readyz')).status, 200)
    assert.equal(await running.line(), '')
    assert.match(await running.line(), /^ {2}\S+ .*\/gateway/)
    const { code, stderr } = await running.kill('SIGTERM')
    assert.equal(code, 0)
    assert.match(stderr, /^\d\d:\d\d:\d\d info {2}the gateway stops {2}signal="SIGTERM"\n$/)
  })

  it('makes a secret that only its owner reads, and takes tokens of it over a restart', async (t) => {
    const first = await serve(t)
    assert.equal(statSync(join(data, 'secret')).mode & 0o777, 0o600)
    const made = await runCommand(['token', '--sub', 'ada', '--data', data])
    const bearer = made.stdout.trim()
    assert.equal((await http(first, 'POST', '/lobby/emit', { json: 1, bearer })).status, 200)
    await first.running.kill('SIGTERM')
    const second = await serve(t)
    assert.equal((await http(second, 'POST', '/lobby/emit', { json: 1, bearer })).status, 200)
  })

  it('tells its clients on SIGINT and ends cleanly', async (t) => {
    const { running, url } = await serve(t)
    const client = await connectChannels({ url }, 'lobby')
    const { code } = await running.kill('SIGINT')
    assert.equal(code, 0)
    assert.equal((await client.closed).code, 1012)
  })

  it('ends at once on a second signal', async (t) => {
    const { running, url } = await serve(t, [], { env: { PARLANCE_DRAIN_SECONDS: '20' } })
    const client = await connectChannels({ url }, 'lobby')
    client.socket.pause()
    t.after(() => client.socket.terminate())
    const again = setInterval(() => running.process.kill('SIGTERM'), 100)
    t.after(() => clearInterval(again))
    assert.equal((await running.ended).code, 1)
  })

  it('logs an exception that nobody caught, tells its clients and ends with 1', async (t) => {
    const mistake = "process.on('SIGUSR2', () => { throw new Error('our mistake') })"
    const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(mistake)}"` }
    const { running, url } = await serve(t, [], { env })
    const client = await connectChannels({ url }, 'lobby')
    const { code, stderr } = await running.kill('SIGUSR2')
    assert.equal(code, 1)
    assert.match(stderr, /error an exception was caught by nobody[^\n]*\n {4}Error: our mistake/)
    assert.equal((await client.closed).code, 1012)
  })

  it('warns where development mode is open to others', async (t) => {
    const { running, url } = await serve(t, ['--host', '0.0.0.0'])
    assert.match(url, /^http:\/\/127\.0\.0\.1:/)
    assert.match(
      (await running.kill('SIGTERM')).stderr,
      /warn {2}development mode lets anyone.*host="0\.0\.0\.0"/,
    )
  })

  it('logs JSON in production mode, and prints nothing but its line', async (t) => {
    const env = { PARLANCE_SECRET: longSecret, PARLANCE_DRAIN_SECONDS: '0' }
    const { running, line } = await serve(t, ['--mode', 'production'], { env })
    assert.match(line, /production mode/)
    const { code, stdout, stderr } = await running.kill('SIGTERM')
    assert.equal(code, 0)
    assert.equal(stdout, `${line}\n`)
    const logged = stderr
      .trimEnd()
      .split('\n')
      .map((entry) => JSON.parse(entry) as { msg: string })
    assert.ok(logged.some(({ msg }) => msg === 'the gateway stops'))
  })
})

describe('parlance serve refuses, with a sentence and exit code 1', () => {
  it('a port that is taken', async (t) => {
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    t.after(() => occupant.close())
    const port = String((occupant.address() as AddressInfo).port)
    const { code, stdout, stderr } = await runCommand(['serve', '--port', port, '--data', data])
    assert.deepEqual([code, stdout], [1, ''])
    assert.equal(
      stderr,
      `parlance: port ${port} on 127.0.0.1 is taken; choose another with --port (0 picks a free one).\n`,
    )
  })

  it('an address that is not this machine’s', async () => {
    const { code, stderr } = await runCommand(['serve', '--host', '192.0.2.1', '--data', data])
    assert.equal(code, 1)
    assert.match(stderr, /^parlance: 192\.0\.2\.1 is not an address of this machine.*--host\.\n$/)
  })

  it('a data folder that is a file', async () => {
    const file = join(data, 'file')
    writeFileSync(file, '')
    const { code, stderr } = await runCommand(['serve', '--port', '0', '--data', file])
    assert.equal(code, 1)
    assert.match(stderr, /^parlance: EEXIST: [^\n]*mkdir[^\n]*file'\n$/)
  })

  it('production mode without a secret, even where development mode has left one', async () => {
    await runCommand(['token', '--sub', 'ada', '--data', data])
    const { code, stdout, stderr } = await runCommand(['serve', '--mode', 'production', '--data', data])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(
      stderr,
      /^config: secret must be set in production mode: .*PARLANCE_SECRET.*openssl rand.*\n$/,
    )
  })

  it('a folder that another gateway has', async (t) => {
    await serve(t)
    const { code, stderr } = await runCommand(['serve', '--port', '0', '--data', data])
    assert.equal(code, 1)
    assert.match(stderr, /^parlance: [^\n]*parlance\.db[^\n]*\n$/)
  })

  it('a configuration with mistakes, naming them all', async () => {
    const env = { PARLANCE_ROOMS_IDLE_HOURS: '-1', PARLANCE_LOG_LEVL: 'info' }
    const { code, stderr } = await runCommand(['serve', '--port', 'x', '--data', data], { env })
    assert.equal(code, 1)
    assert.deepEqual(stderr.trimEnd().split('\n').toSorted(), [
      'config: port must be an integer from 0 to 65535, got "x" (from --port)',
      'config: rooms.idleHours must be an integer ≥ 0, got -1 (from PARLANCE_ROOMS_IDLE_HOURS)',
      'config: there is no key PARLANCE_LOG_LEVL; did you mean PARLANCE_LOG_LEVEL? (from the environment)',
    ])
  })
})
