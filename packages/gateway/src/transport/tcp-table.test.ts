import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { deliveries } from './tcp-table.ts'

const skip = process.platform !== 'linux' && 'only Linux tells'

/** Both ends of a connection. */
async function connection(t: TestContext, host: string, to = host): Promise<{ here: Socket; there: Socket }> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const there = connect((server.address() as AddressInfo).port, to)
  const [here] = (await once(server, 'connection')) as [Socket]
  t.after(() => {
    here.destroy()
    there.destroy()
    server.close()
  })
  return { here, there }
}

for (const [what, host, to] of [
  ['IPv4', '127.0.0.1', '127.0.0.1'],
  ['IPv6', '::1', '::1'],
  ['IPv4 to a socket of IPv6', '::', '127.0.0.1'],
] as const) {
  test(`what the other end has acknowledged is known, over ${what}`, { skip }, async (t) => {
    const { here, there } = await connection(t, host, to)
    const other = await connection(t, host, to)
    here.write('x'.repeat(1234))
    there.resume()
    let acknowledged = 0
    while (acknowledged < 1234) {
      const found = await deliveries([here, other.here])
      assert.deepEqual(found.get(other.here), { acknowledged: 0, retried: false })
      acknowledged = found.get(here)!.acknowledged
    }
    assert.equal(acknowledged, 1234)
  })
}

test('who does not read acknowledges what its system takes, and nothing is tried again', {
  skip,
}, async (t) => {
  const { here, there } = await connection(t, '127.0.0.1')
  there.pause()
  while (here.writableLength === 0) here.write(Buffer.alloc(16_384))
  let acknowledged = 0
  while (acknowledged <= 0) {
    const found = (await deliveries([here])).get(here)!
    assert.equal(found.retried, false)
    acknowledged = found.acknowledged
  }
  assert.ok(acknowledged < here.bytesWritten)
})

test('a socket that has gone is not known of', { skip }, async (t) => {
  const { here } = await connection(t, '127.0.0.1')
  here.destroy()
  await once(here, 'close')
  assert.equal((await deliveries([here])).size, 0)
})
