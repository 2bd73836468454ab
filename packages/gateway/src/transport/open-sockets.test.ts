import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { SocketClient } from '../../test/support/socket-client.ts'
import { RawClient, type SceneOptions, TransportScene } from '../../test/support/transport-scene.ts'

const limits = { connectionsPerAddress: 1, socketsPerAddress: 2 }

function open(t: TestContext, options: SceneOptions): Promise<TransportScene> {
  return TransportScene.open(t, { mode: 'production', limits, ...options })
}

/** Sockets that say nothing, which the gateway has taken. */
async function silent({ port }: TransportScene, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = []
  for (let i = 0; i < count; i++) clients.push(await RawClient.open(port))
  return clients
}

/** What a socket that says nothing is told when it is not taken. */
async function told({ port }: TransportScene): Promise<string> {
  return (await (await RawClient.open(port)).rest()).toString()
}

test('an address has so many sockets besides its connections, whether or not they say anything', async (t) => {
  const scene = await open(t, {})
  const [first] = await silent(scene, 2)
  const client = await SocketClient.open(scene.url)
  assert.match(await told(scene), /^HTTP\/1\.1 429 .*\r\nRetry-After: 5\r\n.*"rate_limited"/s)
  client.send('whoever is connected goes on')
  assert.equal(await client.nextText(), 'whoever is connected goes on')
  first!.destroy()
  await once(first!.socket, 'close')
  // Its place becomes free when the gateway has seen it go.
  let status = 0
  while (status === 0) {
    status = await fetch(scene.http).then(
      (reply) => (reply.status === 429 ? 0 : reply.status),
      () => 0,
    )
  }
  assert.equal(status, 404)
  assert.deepEqual(new Set(scene.counted), new Set(['sockets_refused_total{rate_limited}']))
})

test('all addresses together have so many sockets, also behind proxies, where one address is many clients', async (t) => {
  const scene = await open(t, { trustedHops: 1, limits: { ...limits, sockets: 5 } })
  await silent(scene, 5)
  assert.match(await told(scene), /^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n.*"unavailable"/s)
  assert.deepEqual(scene.counted, ['sockets_refused_total{unavailable}'])
})

test('a socket that has become a connection and has gone is counted no more', async (t) => {
  const scene = await open(t, { trustedHops: 1, limits: { sockets: 1, connectionsPerAddress: 1 } })
  for (let round = 1; round <= 3; round++) {
    const client = await SocketClient.open(scene.url)
    assert.match(await told(scene), /^HTTP\/1\.1 503 /)
    await client.close()
    await scene.until(() => scene.ended.length === round)
  }
})

test('development mode does not count sockets from this machine', async (t) => {
  const scene = await open(t, { mode: 'development', limits: { sockets: 1, socketsPerAddress: 1 } })
  await silent(scene, 5)
  assert.equal((await fetch(scene.http)).status, 404)
})
