import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import { connectChannels, http, startTestGateway, type TestGateway, tokenFor } from '../../../test/harness.ts'
import { RunningCommand, runCommand } from '../../../test/support/run-command.ts'

interface Frame {
  readonly type: string
  readonly payload: Record<string, unknown>
  readonly eventID: string
  readonly clientID: string
}

let gateway: TestGateway
before(async () => {
  gateway = await startTestGateway()
})
after(() => gateway.dispose())

const env = () => ({ PARLANCE_URL: gateway.url })

/** Listens, and waits until the gateway has said so. */
async function listen(t: TestContext, args: readonly string[]) {
  const running = new RunningCommand(['listen', ...args], { env: env() })
  t.after(() => running.kill('SIGKILL'))
  const frame = async () => JSON.parse(await running.line()) as Frame
  const connected = await frame()
  assert.equal(connected.type, 'CONNECTED')
  return { running, connected, frame }
}

describe('parlance listen', () => {
  it('prints one event a line until Ctrl-C, and leaves cleanly', async (t) => {
    const { running, frame, connected } = await listen(t, ['lobby'])
    const other = await connectChannels(gateway, 'lobby')
    assert.equal((await frame()).type, 'PRESENCE:JOINED')
    const emitted = await runCommand(['emit', 'lobby', '{"content":"hello"}'], { env: env() })
    assert.deepEqual([emitted.code, emitted.stderr], [0, ''])
    const { eventID } = JSON.parse(emitted.stdout) as Frame
    assert.deepEqual(await frame(), {
      type: 'DATA',
      payload: { content: 'hello' },
      eventID,
      clientID: connected.clientID,
      latency: 0,
    })

    const { code, stderr } = await running.kill('SIGINT')
    assert.equal(code, 0)
    assert.equal(stderr, `listening to lobby on ${gateway.url}; Ctrl-C leaves\n`)
    const left = await other.until<Frame>(({ type }) => type === 'PRESENCE:LEFT')
    assert.equal(left.payload.clientID, connected.clientID)
  })

  it('shows its presence and acknowledges what asks for it', async (t) => {
    const { connected, frame } = await listen(t, ['acks', '--presence', '{"username":"Ada"}', '--ack'])
    const other = await connectChannels(gateway, 'acks')
    const { payload } = await other.next<Frame>()
    assert.deepEqual(payload.members, [{ clientID: connected.clientID, presence: { username: 'Ada' } }])
    await other.close()
    await frame()
    assert.equal((await frame()).type, 'PRESENCE:LEFT')
    const args = ['emit', 'acks', '1', '--require-ack', '--clients', connected.clientID]
    const { code, stdout } = await runCommand(args, { env: env() })
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout).acked, [connected.clientID])
  })

  it('begins with what was missed', async (t) => {
    const emit = async (n: number) =>
      (await http(gateway, 'POST', '/missed/emit', { json: { n } })).body as Frame
    const seen = await emit(1)
    await emit(2)
    const { frame } = await listen(t, ['missed', '--since', seen.eventID])
    assert.deepEqual((await frame()).payload, { n: 2 })
  })

  it('answers PING, and prints it only when all is to be printed as it came', async (t) => {
    const asking = await startTestGateway({ channels: { pingInterval: 1000, pongTimeout: 1000 } })
    t.after(() => asking.dispose())
    const raw = new RunningCommand(['listen', 'lobby', '--raw', '--url', asking.url])
    const plain = new RunningCommand(['listen', 'lobby', '--url', asking.url])
    t.after(() => Promise.all([raw.kill('SIGKILL'), plain.kill('SIGKILL')]))
    await plain.line()
    // Who does not answer a PING is closed before the next one; both have had at least one by then.
    for (let pings = 0; pings < 3; ) {
      const { type, payload } = JSON.parse(await raw.line()) as Frame
      if (type === 'PING') pings += 1
      if (type === 'PING') assert.deepEqual(payload, {})
    }
    await http(asking, 'POST', '/lobby/emit', { json: 1 })
    let types: string[] = []
    while (!types.includes('DATA')) types = [...types, (JSON.parse(await plain.line()) as Frame).type]
    assert.ok(!types.includes('PING'), types.join())
  })

  it('says why it was refused, with exit code 1 and no stack', async () => {
    const { code, stdout, stderr } = await runCommand(['listen', 'gateway'], { env: env() })
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^parlance: .*"gateway".* \(RESERVED_NAME\)\n$/)
    const token = await runCommand(['listen', 'lobby', '--token', 'a.b.c'], { env: env() })
    assert.equal(token.code, 1)
    assert.match(token.stderr, /^parlance: The token .* \(TOKEN_INVALID\)\n$/)
  })

  it('says that the gateway went away', async (t) => {
    const doomed = await startTestGateway()
    t.after(() => doomed.dispose())
    const running = new RunningCommand(['listen', 'lobby', '--url', doomed.url])
    await running.line()
    await doomed.stop()
    const { code, stdout, stderr } = await running.ended
    assert.equal(code, 1)
    assert.match(stdout, /"code":"GATEWAY_DOWN"/)
    assert.match(stderr, /\nparlance: the gateway closed the connection: 1012 .*\n$/)
  })
})

describe('parlance emit', () => {
  it('prints the reply and fails with the sentence of a refusal', async () => {
    const { code, stdout, stderr } = await runCommand(['emit', 'lobby', '{"a":'], { env: env() })
    assert.equal(code, 1)
    assert.equal(JSON.parse(stdout).success, false)
    assert.match(stderr, /^parlance: The text is not JSON.* \(INVALID_JSON\)\n$/)
  })

  it('emits once however often it is repeated with a key', async () => {
    const args = ['emit', 'once', '{"n":1}', '--idempotency-key', 'k1']
    const first = await runCommand(args, { env: env() })
    const second = await runCommand(args, { env: env() })
    assert.equal(first.stdout, second.stdout)
    assert.equal((await http(gateway, 'GET', '/once/history')).body.history.length, 1)
  })

  it('emits as the user whose token it has', async () => {
    const options = { env: { ...env(), PARLANCE_TOKEN: tokenFor('ada') } }
    await runCommand(['emit', 'signed', '{"content":"mine"}'], options)
    const { code } = await runCommand(
      ['emit', 'signed', '{"content":"x"}', '--token', 'no.such.token'],
      options,
    )
    assert.equal(code, 1)
    const { history } = (await http(gateway, 'GET', '/signed/history')).body
    assert.deepEqual(
      history.map((event: Frame) => event.payload),
      [{ content: 'mine' }],
    )
  })

  it('says that nothing listens, and that a URL is none', async () => {
    const nobody = createServer().listen(0, '127.0.0.1')
    await once(nobody, 'listening')
    const url = `http://127.0.0.1:${(nobody.address() as AddressInfo).port}`
    nobody.close()
    await once(nobody, 'close')
    for (const command of [
      ['emit', 'lobby', '1'],
      ['listen', 'lobby'],
    ]) {
      const { code, stderr } = await runCommand([...command, '--url', url])
      assert.equal(code, 1)
      assert.equal(stderr, `parlance: nothing listens on ${url}. Start a gateway with "parlance serve".\n`)
    }
    const { stderr } = await runCommand(['emit', 'lobby', '1', '--url', 'ftp://a'])
    assert.equal(stderr, 'parlance: --url must be an http(s) URL, got "ftp://a".\n')
  })
})
