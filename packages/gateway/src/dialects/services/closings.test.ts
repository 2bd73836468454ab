import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { ServiceGateway } from '../../../test/support/service-gateway.ts'
import { Problem, type ProblemCode, problems } from '../../model/problem.ts'
import {
  alreadyAuthenticated,
  authenticationFailed,
  closingFor,
  codes,
  noHeartbeat,
  resumedElsewhere,
} from './closings.ts'
import { defaultServicesOptions } from './options.ts'

it('the page of the protocol lists the close codes there are, and no others', () => {
  const page = readFileSync(new URL('../../../../../docs/protocols/services.md', import.meta.url), 'utf8')
  const listed = [...page.matchAll(/^\| ([14][0-9]{3}) \|/gm)].map(([, code]) => Number(code))
  const others = Object.keys(problems).map((code) => closingFor(new Problem(code as ProblemCode)).code)
  const all = new Set([...Object.values(codes), ...others])
  assert.deepEqual(
    listed.toSorted((a, b) => a - b),
    [...all].sort((a, b) => a - b),
  )
})

it('every reason is a sentence and fits into a close frame', () => {
  const fixed = [alreadyAuthenticated, authenticationFailed, noHeartbeat, resumedElsewhere]
  const others = Object.keys(problems).map((code) => closingFor(new Problem(code as ProblemCode)))
  for (const { reason } of [...fixed, ...others]) {
    assert.match(reason, /^[A-Z].*\.$/)
    assert.ok(Buffer.byteLength(reason) <= 123, reason)
  }
})

it('a service that sends more than it may is closed with 1008, and nothing from between is dropped', async () => {
  const gateway = await ServiceGateway.start({ framesPerSecond: 1, frameBurst: 10 })
  const { client } = await gateway.service('panel')
  for (let i = 0; i < 9; i++) await client.settled()
  client.send({ op: 5, d: { type: 'user', id: '1' } })
  client.send({ op: 5, d: { type: 'user', id: '2' } })
  assert.deepEqual(await client.closed, {
    code: 1008,
    reason: 'At most 1 messages a second are taken; this one was dropped. Connect again in 1 s.',
  })
  assert.deepEqual((await gateway.get('/v1/discord/users')).body, { users: 0 })
  await gateway.dispose()
})

it('services may send far more than other clients', async () => {
  const gateway = await ServiceGateway.start()
  const { client } = await gateway.service('panel')
  for (let i = 0; i < 1000; i++) client.send({ op: 1, d: { heapUsed: i } })
  for (let i = 0; i < 1000; i++) await client.expect('{"op":4,"d":{}}')
  assert.ok(defaultServicesOptions.frameBurst > 1000)
  await gateway.dispose()
})

it('a gateway that goes down closes with 1012', async () => {
  const gateway = await ServiceGateway.start()
  const { client } = await gateway.service('panel')
  const stranger = await gateway.connect()
  await gateway.gateway.restart()
  const closing = { code: 1012, reason: 'The gateway is going down; connect again in a moment.' }
  assert.deepEqual(await client.closed, closing)
  assert.deepEqual(await stranger.closed, closing)
  await gateway.dispose()
})
