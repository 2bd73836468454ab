import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { SocketClient, socketUrl, startTestGateway, tokenFor } from '../../../test/harness.ts'
import { CommsClient } from '../../../test/support/comms-client.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())
/** Its time is moved by the tests, so that no busy machine makes its clients late. */
const clock = new ManualClock(Date.now())
const timed = await startTestGateway({ limits: { framesPerSecond: 1, frameBurst: 5 } }, { clock })
after(() => timed.dispose())

/** A number that is written with these digits. */
const exact = (JSON as unknown as { rawJSON(digits: string): unknown }).rawJSON

test('100 comes first, at once', async () => {
  const client = await SocketClient.open(socketUrl(gateway, '/comms'))
  assert.equal(await client.nextText(), '{"f":100,"cnf":{"hb_int":20000}}')
  await client.close()
})

test('before 110 everything else is error 4005, and the connection stays', async () => {
  const client = await CommsClient.open(gateway)
  for (const frame of [{ f: 120 }, { f: 130, cnf: {}, t: 'START_TYPING' }, 'not json', Buffer.from('x')]) {
    client.socket.send(frame)
    assert.deepEqual(await client.error(), { c: 4005, d: false })
  }
  assert.equal((await client.present({ token: tokenFor('ann') })).f, 140)
  await client.socket.close()
})

test('140 has the version, a session and a key of 256 bits; then the client is placed in the default channel', async () => {
  const client = await CommsClient.open(gateway)
  const ready = await client.present({ token: tokenFor('ann', { name: 'Ann' }) })
  assert.deepEqual(Object.keys(ready), ['f', 'cnf'])
  assert.deepEqual(Object.keys(ready.cnf), ['v', 'session_id', 'enc_key'])
  assert.equal(ready.cnf.v, 6)
  assert.ok(Number.isSafeInteger(ready.cnf.session_id) && ready.cnf.session_id > 0)
  assert.equal(Buffer.from(ready.cnf.enc_key, 'base64').length, 32)
  const { channel } = await client.event('CHANNEL_MOVE')
  assert.deepEqual(channel, { id: 'lobby', name: 'lobby', description: '', visibility: true, creator: null })
  await client.socket.close()
})

test('both shapes of claims are taken', async () => {
  const client = await CommsClient.open(gateway)
  const ready = await client.present({ token: tokenFor('', { type: 'bot', id: 155112606 }) })
  assert.equal(ready.f, 140)
  await client.event('CHANNEL_MOVE')
  client.execute('MESSAGE_CREATE', { content: 'beep' })
  assert.equal((await client.event('MESSAGE_CREATE')).user.id, 155112606)
  await client.socket.close()
})

test('a claim beyond 2^53 keeps its digits', async () => {
  const client = await CommsClient.open(gateway)
  const ready = await client.present({
    token: tokenFor('', { type: 'user', id: exact('18446744073709551615') }),
  })
  assert.equal(ready.f, 140)
  await client.event('CHANNEL_MOVE')
  client.execute('MESSAGE_CREATE', { content: 'me' })
  assert.equal((await client.event('MESSAGE_CREATE')).user.id, '18446744073709551615')
  await client.socket.close()
})

test('a bad or expired token is error 0, and the connection is closed with 4000', async () => {
  for (const token of ['nonsense', tokenFor('ann', { ttl: -1 }), 7, undefined]) {
    const client = await CommsClient.open(gateway)
    client.socket.send({ f: 110, cnf: { token } })
    assert.deepEqual(await client.error(), { c: 0, d: true })
    assert.equal((await client.socket.closed).code, 4000)
  }
})

test('a connection ends with its token: error 0, and 4000', async () => {
  const client = await CommsClient.join(timed, 'brief', { exp: Math.floor(clock.now() / 1000) + 10 })
  clock.advance(10_000)
  assert.deepEqual(await client.error(), { c: 0, d: true })
  assert.equal((await client.socket.closed).code, 4000)
})

test('a second 110 is error 4004, and the connection stays', async () => {
  const client = await CommsClient.join(gateway, 'ann')
  client.socket.send({ f: 110, cnf: { token: tokenFor('ann') } })
  assert.deepEqual(await client.error(), { c: 4004, d: false })
  client.socket.send({ f: 120 })
  assert.equal(await client.socket.nextText(), '{"f":120}')
  await client.socket.close()
})

test('who does not present themselves in time gets error 4001 and is closed', async () => {
  const client = await CommsClient.open(timed)
  clock.advance(9_900)
  client.socket.send({ f: 120 })
  assert.deepEqual(await client.error(), { c: 4005, d: false })
  clock.advance(200)
  assert.deepEqual(await client.error(), { c: 4001, d: true })
  assert.equal((await client.socket.closed).code, 4001)
})

test('who is silent for longer than the interval and the grace gets error 4001 and is closed', async () => {
  const client = await CommsClient.join(timed, 'ann')
  clock.advance(29_900)
  client.socket.send({ f: 120 })
  assert.equal(await client.socket.nextText(), '{"f":120}')
  clock.advance(30_100)
  assert.deepEqual(await client.error(), { c: 4001, d: true })
  assert.equal((await client.socket.closed).code, 4001)
})

test('a flood is error 4002 with a time to come back, and closed', async () => {
  const client = await CommsClient.join(timed, 'ann')
  for (let i = 0; i < 20; i++) client.socket.send({ f: 120 })
  const frame = await client.socket.until<{ f: number; cnf: { c: number; retry_after: number } }>(
    ({ f }) => f === 150,
  )
  assert.equal(frame.cnf.c, 4002)
  assert.ok(frame.cnf.retry_after > 0)
  assert.equal((await client.socket.closed).code, 4002)
})

test('4096 bytes are taken; 4097 are error 4000, then closed', async () => {
  const client = await CommsClient.join(gateway, 'ann')
  const padded = (length: number) => `{"f":120${' '.repeat(length - 9)}}`
  client.socket.send(padded(4096))
  assert.equal(await client.socket.nextText(), '{"f":120}')
  client.socket.send(padded(4097))
  assert.deepEqual(await client.error(), { c: 4000, d: true })
  assert.equal((await client.socket.closed).code, 4000)
})

test('what is no frame is error 4004, and says what one is; unknown codes and events too, with the s of the request', async () => {
  const client = await CommsClient.join(gateway, 'ann')
  for (const frame of ['{"f":130,}', '[]', '{"f":"x"}', '{"f":999}', Buffer.from('{"f":120}')]) {
    client.socket.send(frame)
    assert.deepEqual(await client.error(), { c: 4004, d: false })
  }
  client.execute('NO_SUCH_EVENT', {}, 21)
  assert.deepEqual(await client.error(), { c: 4004, d: false, s: 21 })
  client.execute('__proto__', {}, 22)
  assert.deepEqual(await client.error(), { c: 4004, d: false, s: 22 })
  await client.socket.close()
})

test('a planned stop is GATEWAY_DOWN, error 4003 and close 4003', async () => {
  const passing = await startTestGateway()
  const client = await CommsClient.join(passing, 'ann')
  const stopped = passing.dispose()
  await client.event('GATEWAY_DOWN')
  assert.deepEqual(await client.error(), { c: 4003, d: true })
  assert.equal((await client.socket.closed).code, 4003)
  await stopped
})
