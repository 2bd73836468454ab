import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Refused, SocketClient, socketUrl, startTestGateway } from '../harness.ts'
import { times } from './support/scale.ts'

const program = fileURLToPath(new URL('echo-server.ts', import.meta.url))

function start(env: NodeJS.ProcessEnv) {
  return spawn(process.execPath, [program, '0'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

describe('the echo for checkers from outside', () => {
  it('sends back what it is sent: text, bytes, and what is as large as a checker likes', async (t) => {
    const server = start({})
    t.after(() => server.kill())
    const [line] = await once(createInterface(server.stdout), 'line')
    const client = await SocketClient.open(/ws:\S+/.exec(line)?.[0] ?? '')
    const large = 'x'.repeat(times(1, 16) * 1024 * 1024)
    for (const text of ['', 'κόσμε', large]) {
      client.send(text)
      assert.ok((await client.nextText()) === text, `${text.length} characters come back`)
    }
    client.send(Buffer.from('bytes'))
    assert.equal(await client.nextText(), 'bytes')
    assert.equal((await client.close(1000)).code, 1000)
  })

  it('does not run in production mode', async () => {
    const server = start({ PARLANCE_MODE: 'production' })
    assert.deepEqual(await once(server, 'exit'), [1, null])
  })

  it('is no door of a gateway, in either mode', async (t) => {
    for (const mode of ['development', 'production'] as const) {
      const gateway = await startTestGateway({ mode })
      t.after(() => gateway.dispose())
      const refused = await SocketClient.open(socketUrl(gateway, '/echo')).catch((error: unknown) => error)
      assert.ok(refused instanceof Refused)
      assert.equal(refused.status, 404)
    }
  })
})
