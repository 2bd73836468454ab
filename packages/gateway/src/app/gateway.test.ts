import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { connectChannels, http, startTestGateway, tokenFor } from '../../test/harness.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { RawClient } from '../../test/support/transport-scene.ts'
import { configOf } from './config/load.ts'
import { startGateway } from './gateway.ts'

async function gatewayFor(t: TestContext, ...options: Parameters<typeof startTestGateway>) {
  const gateway = await startTestGateway(...options)
  t.after(() => gateway.dispose())
  return gateway
}

describe('a gateway', () => {
  it('says that it lives, that it takes work, what it counts, and what can be connected where', async (t) => {
    const gateway = await gatewayFor(t)
    const health = await http(gateway, 'GET', '/healthz')
    assert.deepEqual([health.status, health.body], [200, { status: 'ok' }])
    const readiness = await http(gateway, 'GET', '/readyz')
    assert.deepEqual([readiness.status, readiness.body], [200, { status: 'ready' }])
    assert.equal(readiness.headers.get('cache-control'), 'no-store')
    const metrics = await http(gateway, 'GET', '/metrics')
    assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(metrics.text, /^parlance_connections 0$/m)
    const { body } = await http(gateway, 'GET', '/')
    assert.ok(body.doors.some(({ address }: { address: string }) => address.includes('/:channel/listen')))
    assert.equal((await http(gateway, 'GET', body.openApi)).body.openapi, '3.1.0')
  })

  it('shows a browser a page from whose console a channel can be heard', async (t) => {
    const gateway = await gatewayFor(t)
    const { headers, text } = await http(gateway, 'GET', '/', {
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    })
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
    // With a policy a page could not open a WebSocket.
    assert.equal(headers.get('content-security-policy'), null)
    assert.match(text, /<dt>ws \/:channel\/listen<\/dt>/)
    const listener = await connectChannels(gateway, 'lobby', { headers: { origin: gateway.url } })
    assert.equal((await listener.next<{ type: string }>()).type, 'CONNECTED')
  })

  it('does not meet another one in the same process', async (t) => {
    const one = await gatewayFor(t)
    const other = await gatewayFor(t, { secret: 'the secret of the other gateway' })
    const hearsOne = await connectChannels(one, 'lobby')
    const hearsOther = await connectChannels(other, 'lobby')
    await Promise.all([hearsOne.next(), hearsOther.next()])

    assert.equal((await http(one, 'POST', '/lobby/emit', { json: 'to one' })).body.clients, 1)
    assert.equal((await http(other, 'POST', '/lobby/emit', { json: 'to the other' })).body.clients, 1)
    assert.equal((await hearsOne.next<{ payload: unknown }>()).payload, 'to one')
    assert.equal((await hearsOther.next<{ payload: unknown }>()).payload, 'to the other')

    const bearer = tokenFor('ada')
    assert.equal((await http(one, 'POST', '/lobby/emit', { json: 1, bearer })).status, 200)
    assert.equal((await http(other, 'POST', '/lobby/emit', { json: 1, bearer })).status, 401)

    await one.stop()
    assert.equal((await http(other, 'GET', '/readyz')).status, 200)
  })

  it('keeps what it was given over a restart', async (t) => {
    const gateway = await gatewayFor(t)
    const { body } = await http(gateway, 'POST', '/lobby/emit', { json: { kept: true } })
    await gateway.restart()
    const { history } = (await http(gateway, 'GET', '/lobby/history')).body
    assert.deepEqual(
      history.map(({ eventID, payload }: { eventID: string; payload: unknown }) => [eventID, payload]),
      [[body.eventID, { kept: true }]],
    )
  })
})

describe('a gateway that stops', () => {
  it('says so to machines and clients, and ends once they have heard', async (t) => {
    const gateway = await gatewayFor(t)
    const quick = await connectChannels(gateway, 'lobby')
    const slow = await connectChannels(gateway, 'lobby')
    await quick.next()
    await slow.next()
    slow.socket.pause()

    const stopped = gateway.stop()
    const frame = await quick.until<{ type: string; payload: { code: string } }>(
      ({ type }) => type === 'ERROR',
    )
    assert.equal(frame.payload.code, 'GATEWAY_DOWN')
    assert.equal((await quick.closed).code, 1012)
    assert.equal((await http(gateway, 'GET', '/readyz')).status, 503)
    assert.equal((await http(gateway, 'GET', '/healthz')).status, 200)

    slow.socket.resume()
    assert.equal((await slow.closed).code, 1012)
    await stopped
    await assert.rejects(http(gateway, 'GET', '/healthz'))
  })

  for (const [what, config] of [
    ['who does not answer the close, and a request that never ends', {}],
    ['a grace of ten minutes', { limits: { closeGrace: 600_000 } }],
  ] as const) {
    it(`takes 25 s at most, whatever holds it up: ${what}`, async (t) => {
      const clock = new ManualClock()
      const gateway = await gatewayFor(t, { ...config, drainSeconds: 20 }, { clock })
      const port = Number(new URL(gateway.url).port)
      const silent: RawClient[] = []
      while (silent.length < 20) silent.push(await RawClient.upgraded(port, '/lobby/listen'))
      const endless = await RawClient.open(port)
      endless.write('POST /lobby/emit HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n')
      await http(gateway, 'GET', '/healthz')
      const stopped = gateway.stop()
      for (let elapsed = 0; elapsed < 25_000; elapsed += 250) {
        clock.advance(250)
        await new Promise((resolve) => setImmediate(resolve))
      }
      // Nobody moves this clock any more.
      await stopped
      for (const client of [...silent, endless]) await client.rest()
    })
  }

  it('can be told twice', async (t) => {
    const gateway = await gatewayFor(t)
    await Promise.all([gateway.stop(), gateway.stop()])
  })
})

describe('a gateway that cannot start', () => {
  it('says why, and leaves nothing open', async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'parlance-test-'))
    t.after(() => rmSync(data, { recursive: true }))
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    t.after(() => occupant.close())
    const { port } = occupant.address() as AddressInfo
    const log = { level: 'silent' } as const
    await assert.rejects(startGateway(configOf({ data, port, log })), { code: 'EADDRINUSE' })

    const gateway = await startGateway(configOf({ data, port: 0, log }))
    assert.notEqual(gateway.port, port)
    await gateway.stop()
  })
})
