import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { http, Refused, SocketClient, socketUrl, startTestGateway } from '../../../test/harness.ts'
import { ServiceClient } from '../../../test/support/service-client.ts'

it('development mode makes a secret for services, and keeps it where only its owner reads', async () => {
  const gateway = await startTestGateway()
  const path = join(gateway.data, 'services-secret')
  const secret = readFileSync(path, 'utf8').trim()
  assert.match(secret, /^[A-Za-z0-9_-]{43}$/)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  await gateway.restart()
  const client = await ServiceClient.open(socketUrl(gateway, '/ws/v1'))
  await client.identify({ type: 'panel', secret })
  await client.close()
  await gateway.dispose()
})

it('production mode without a secret for services has no door for them', async () => {
  const gateway = await startTestGateway({ mode: 'production', drainSeconds: 0 })
  const refused = await SocketClient.open(socketUrl(gateway, '/ws/v1')).catch((error) => error)
  assert.ok(refused instanceof Refused)
  assert.equal(refused.status, 404)
  assert.equal((await http(gateway, 'GET', '/v1/services')).status, 404)
  await gateway.dispose()
})
