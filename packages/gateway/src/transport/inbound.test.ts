import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { SocketClient } from '../../test/support/socket-client.ts'
import { clientFrame, handshake, RawClient, TransportScene } from '../../test/support/transport-scene.ts'
import type { Connection, ConnectionHandler } from '../ports/connection.ts'
import { frame, pongFrame } from './frame.ts'

const text = 0x81
const firstFragment = 0x01
const middleFragment = 0x00

/** The code in the close frame, after any short frames that come before it. */
async function closeCode(client: RawClient): Promise<number> {
  for (;;) {
    const [first, length] = (await client.bytes(2)) as unknown as [number, number]
    const payload = await client.bytes(length)
    if (first !== 0x88) continue
    client.destroy()
    return payload.readUInt16BE(0)
  }
}

/** The echo still answers a new client: the process lives and nobody else was harmed. */
async function stillServes(scene: TransportScene): Promise<void> {
  const client = await SocketClient.open(scene.url)
  client.send('anyone there?')
  assert.equal(await client.nextText(), 'anyone there?')
  await client.close()
}

test('text and bytes come to the handler as they were sent, whole', async (t) => {
  const scene = await TransportScene.open(t)
  const client = await RawClient.upgraded(scene.port)
  client.write(clientFrame(text, 'ñ€😀'))
  assert.deepEqual(await client.bytes(11), frame('ñ€😀'))
  client.write(clientFrame(0x82, Buffer.from([0, 255])))
  assert.deepEqual(await client.bytes(4), frame(Buffer.from([0, 255])))
  client.write(
    Buffer.concat([
      clientFrame(firstFragment, 'in '),
      clientFrame(middleFragment, 'three '),
      clientFrame(0x80, 'parts'),
    ]),
  )
  assert.deepEqual(await client.bytes(16), frame('in three parts'))
  client.destroy()
})

test('a message that came with the handshake is not lost', async (t) => {
  const scene = await TransportScene.open(t)
  const client = await RawClient.open(scene.port)
  client.write(Buffer.concat([Buffer.from(handshake('/echo')), clientFrame(text, 'early')]))
  await client.head()
  assert.deepEqual(await client.bytes(7), frame('early'))
  client.destroy()
})

test('a message above the limit is refused in the words of the dialect', async (t) => {
  const scene = await TransportScene.open(t, { limits: { messageBytes: 1000 } })
  const client = await SocketClient.open(scene.url)
  client.send('x'.repeat(1000))
  assert.equal((await client.nextText()).length, 1000)
  client.send('x'.repeat(1001))
  assert.equal(await client.nextText(), 'payload_too_large')
  assert.deepEqual(await client.closed, { code: 4000, reason: 'payload_too_large' })
  await stillServes(scene)
})

test('a dialect may take larger or smaller messages than the gateway', async (t) => {
  const scene = await TransportScene.open(t, {
    limits: { messageBytes: 1000 },
    upgrade: async ({ path }, admission) => ({ ...admission, maxMessage: path === '/large' ? 5000 : 10 }),
  })
  const large = await SocketClient.open(`ws://127.0.0.1:${scene.port}/large`)
  large.send('x'.repeat(5000))
  assert.equal((await large.nextText()).length, 5000)
  const small = await SocketClient.open(`ws://127.0.0.1:${scene.port}/small`)
  small.send('x'.repeat(11))
  assert.equal(await small.nextText(), 'payload_too_large')
})

test('a message that says it is too large is refused in the words of the dialect before it is sent, and nothing more is read', async (t) => {
  const scene = await TransportScene.open(t)
  const client = await RawClient.upgraded(scene.port)
  client.write(
    Buffer.concat([Buffer.from([text, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 1, 2, 3, 4]), clientFrame(text, 'more')]),
  )
  assert.equal(await closeCode(client), 4000)
  assert.deepEqual(scene.refusalCodes, ['payload_too_large'])
  assert.equal(scene.logged.length, 1)
  await stillServes(scene)
})

test('fragments may not add up to more than a message may have', async (t) => {
  const scene = await TransportScene.open(t, { limits: { messageBytes: 10 } })
  const client = await RawClient.upgraded(scene.port)
  client.write(Buffer.concat([clientFrame(firstFragment, '123456'), clientFrame(middleFragment, '1234')]))
  client.write(clientFrame(middleFragment, '1'))
  assert.equal(await closeCode(client), 4000)
  assert.deepEqual(scene.refusalCodes, ['payload_too_large'])
})

test('a handler may take larger messages from then on, and one that was too large before ends the connection', async (t) => {
  const scene = await TransportScene.open(t, {
    limits: { messageBytes: 10 },
    handler: (connection) => ({
      receive(data) {
        connection.limitMessages(1000)
        connection.send(`${data.length}`)
      },
    }),
  })
  const client = await RawClient.upgraded(scene.port)
  client.write(Buffer.concat([clientFrame(text, 'more'), clientFrame(text, 'x'.repeat(1000))]))
  assert.deepEqual(await client.bytes(9), Buffer.concat([frame('4'), frame('1000')]))
  client.write(clientFrame(text, 'x'.repeat(1001)))
  assert.equal(await closeCode(client), 4000)
  const hasty = await RawClient.upgraded(scene.port)
  hasty.write(clientFrame(text, 'x'.repeat(1000)))
  assert.equal(await closeCode(hasty), 4000)
})

test('a close with 1009 by the client is no message of its own that is too large', async (t) => {
  const scene = await TransportScene.open(t)
  const client = await SocketClient.open(scene.url)
  assert.equal((await client.close(1009)).code, 1009)
  assert.deepEqual([scene.refusals, scene.logged], [[], []])
})

test('fragments are bounded in number, also empty ones', async (t) => {
  const scene = await TransportScene.open(t, { limits: { fragments: 16 } })
  for (const payload of ['', 'x']) {
    const client = await RawClient.upgraded(scene.port)
    const flood = Array.from({ length: 20 }, () => clientFrame(middleFragment, payload))
    client.write(Buffer.concat([clientFrame(firstFragment, payload), ...flood]))
    assert.equal(await closeCode(client), 1008)
  }
  await stillServes(scene)
})

test('a message that is begun and not finished ends the connection in time', async (t) => {
  const clock = new ManualClock()
  const scene = await TransportScene.open(t, { clock, limits: { unfinishedMessage: 10_000 } })
  const dripping = await RawClient.upgraded(scene.port)
  const honest = await SocketClient.open(scene.url)
  dripping.write(Buffer.concat([clientFrame(text, 'whole'), clientFrame(firstFragment, 'begun')]))
  await dripping.bytes(7)
  clock.advance(10_000)
  assert.deepEqual(scene.refusals, [])
  dripping.write(Buffer.concat([clientFrame(middleFragment, 'more'), clientFrame(0x89)]))
  await dripping.bytes(2)
  clock.advance(10_000)
  assert.deepEqual(scene.refusalCodes, ['invalid_request'])
  assert.equal(await closeCode(dripping), 4000)
  honest.send('still here')
  assert.equal(await honest.nextText(), 'still here')
})

test('frames above the rate are dropped with a hint; the third ends the connection', async (t) => {
  const clock = new ManualClock()
  const scene = await TransportScene.open(t, { clock, limits: { framesPerSecond: 50, frameBurst: 5 } })
  const client = await SocketClient.open(scene.url)
  for (let count = 1; count <= 9; count++) client.send(`message ${count}`)
  for (let count = 1; count <= 5; count++) assert.equal(await client.nextText(), `message ${count}`)
  for (let count = 0; count < 3; count++) assert.equal(await client.nextText(), 'rate_limited 1')
  assert.equal((await client.closed).code, 4000)
  assert.deepEqual(
    scene.refusals.map(({ fatal }) => fatal),
    [false, false, true],
  )
  await stillServes(scene)
})

test('a flood of pings counts as frames do: those above the rate are not answered but refused, in the order they came', async (t) => {
  const clock = new ManualClock()
  const dropped: unknown[] = []
  const scene = await TransportScene.open(t, {
    clock,
    limits: { frameBurst: 100 },
    handler: (connection) => ({
      refuse({ code }, fatal, frame) {
        dropped.push(frame)
        connection.send(code)
        if (fatal) connection.close(4000, code)
      },
    }),
  })
  const client = await RawClient.upgraded(scene.port)
  client.write(Buffer.concat(Array.from({ length: 1000 }, (_, i) => clientFrame(0x89, `${i}`))))
  for (let i = 0; i < 100; i++)
    assert.deepEqual(await client.bytes(2 + `${i}`.length), pongFrame(Buffer.from(`${i}`)))
  for (let i = 0; i < 3; i++) assert.deepEqual(await client.bytes(14), frame('rate_limited'))
  assert.equal(await closeCode(client), 4000)
  assert.deepEqual(dropped, [undefined, undefined, undefined], 'a ping is no frame of the protocol')
})

test('what is not WebSocket is closed with the code of RFC 6455, and one line is logged', async (t) => {
  const cases: [string, Buffer, number][] = [
    ['an unmasked frame', Buffer.from([text, 1, 0x61]), 1002],
    ['a reserved bit', clientFrame(0xc1, 'a'), 1002],
    ['a reserved opcode', clientFrame(0x83, 'a'), 1002],
    ['a continuation of nothing', clientFrame(0x80, 'a'), 1002],
    [
      'a message within a message',
      Buffer.concat([clientFrame(firstFragment, 'a'), clientFrame(text, 'b')]),
      1002,
    ],
    ['a fragmented ping', clientFrame(0x09), 1002],
    ['a ping of 126 bytes', clientFrame(0x89, 'p'.repeat(126)), 1002],
    ['a close of one byte', clientFrame(0x88, 'a'), 1002],
    ['a close with the code 1005', clientFrame(0x88, Buffer.from([0x03, 0xed])), 1002],
    ['text that is not UTF-8', clientFrame(text, Buffer.from([0xc0, 0xaf])), 1007],
    ['half a surrogate pair in UTF-8', clientFrame(text, Buffer.from([0xed, 0xa0, 0x80])), 1007],
  ]
  const scene = await TransportScene.open(t)
  for (const [name, bytes, code] of cases) {
    scene.logged.length = 0
    const client = await RawClient.upgraded(scene.port)
    client.write(bytes)
    assert.equal(await closeCode(client), code, name)
    assert.equal(scene.logged.length, 1, name)
  }
  await scene.until(() => scene.ended.length === cases.length)
  await stillServes(scene)
})

test('a client that just vanishes and one that closes politely are both the end, once', async (t) => {
  const scene = await TransportScene.open(t)
  const client = await RawClient.upgraded(scene.port)
  client.destroy()
  await scene.until(() => scene.ended.length === 1)
  const polite = await SocketClient.open(scene.url)
  assert.deepEqual(await polite.close(3000), { code: 3000, reason: '' })
  await scene.until(() => scene.ended.length === 2)
  assert.equal(scene.transport.stats().connections, 0)
  assert.deepEqual(scene.logged, [])
})

test('what a handler throws costs its own connection, is logged once, and keeps its secret', async (t) => {
  const scene = await TransportScene.open(t, {
    handler: (connection) => ({
      receive(data) {
        if (data.toString() === 'throw') throw new Error('the secret')
        connection.send(data.toString())
      },
    }),
  })
  const unlucky = await SocketClient.open(scene.url)
  const other = await SocketClient.open(scene.url)
  unlucky.send('throw')
  assert.equal(await unlucky.nextText(), 'internal')
  assert.deepEqual(await unlucky.closed, { code: 4000, reason: 'internal' })
  assert.equal(scene.logged.filter(({ level }) => level === 'error').length, 1)
  other.send('unharmed')
  assert.equal(await other.nextText(), 'unharmed')
})

test('a handler that throws while refusing, opening or closing is closed with 1011, and nobody else notices', async (t) => {
  let failing: 'open' | 'refuse' | 'closed' = 'refuse'
  const throwing = (): never => {
    throw new Error('broken')
  }
  const scene = await TransportScene.open(t, {
    handler: () => {
      if (failing === 'open') throwing()
      return failing === 'refuse' ? { receive: throwing, refuse: throwing } : { closed: throwing }
    },
  })
  const refusing = await SocketClient.open(scene.url)
  refusing.send('x')
  assert.equal((await refusing.closed).code, 1011)
  failing = 'open'
  const opening = await SocketClient.open(scene.url)
  assert.equal((await opening.closed).code, 1011)
  failing = 'closed'
  const closing = await SocketClient.open(scene.url)
  await closing.close()
  await stillServes(scene)
})

test('a connection that is ended for what its client did has one line in the log and is counted once, whoever ends it', async (t) => {
  const cases: [string, Partial<ConnectionHandler>, string][] = [
    ['the handler', { receive: () => connection.close(4002, 'wrong', 'invalid_request') }, 'invalid_request'],
    [
      'the handler, for what is not fatal to the transport',
      { refuse: ({ code }) => connection.close(4000, code) },
      'rate_limited',
    ],
    [
      'both',
      { refuse: ({ code }, fatal) => (fatal ? connection.close(4000, code, code) : undefined) },
      'rate_limited',
    ],
    ['the transport', { refuse() {} }, 'rate_limited'],
    ['nobody to blame', { receive: () => connection.close(1000, 'done') }, ''],
  ]
  let connection: Connection
  for (const [who, handler, code] of cases) {
    const scene = await TransportScene.open(t, {
      clock: new ManualClock(),
      limits: { frameBurst: 1 },
      handler: (one) => {
        connection = one
        return handler
      },
    })
    const client = await SocketClient.open(scene.url)
    for (let i = 0; i < 4; i++) client.send('x')
    await client.closed
    const expected = code === '' ? [] : [code]
    assert.deepEqual(
      scene.logged.map(({ fields }) => fields.code),
      expected,
      who,
    )
    const counted = scene.counted.filter((name) => name.startsWith('connections_refused_total'))
    assert.equal(counted.length, expected.length, who)
  }
})

test('nothing is heard from a connection that the gateway has closed', async (t) => {
  const heard: string[] = []
  const scene = await TransportScene.open(t, {
    handler: (connection) => ({
      receive(data) {
        heard.push(data.toString())
        connection.close(4001, 'enough')
        connection.send('after the end')
        connection.close(4002, 'twice')
      },
    }),
  })
  const client = await RawClient.upgraded(scene.port)
  client.write(Buffer.concat([clientFrame(text, 'one'), clientFrame(text, 'two')]))
  assert.deepEqual(
    await client.bytes(10),
    Buffer.concat([Buffer.from([0x88, 8, 0x0f, 0xa1]), Buffer.from('enough')]),
  )
  client.write(clientFrame(0x88, Buffer.from([0x0f, 0xa1])))
  await client.rest()
  assert.deepEqual(heard, ['one'])
})

test('a long reason is cut to 123 bytes at the border of a character', async (t) => {
  const scene = await TransportScene.open(t, {
    handler: (connection) => ({ receive: () => connection.close(4001, `${'r'.repeat(122)}€`) }),
  })
  const client = await SocketClient.open(scene.url)
  client.send('x')
  assert.deepEqual(await client.closed, { code: 4001, reason: 'r'.repeat(122) })
})

test('a client that is not read from waits, and is heard when reading goes on', async (t) => {
  // So long that only the answer to the close can end the connection.
  const scene = await TransportScene.open(t, { limits: { closeGrace: 3_600_000 } })
  const client = await SocketClient.open(scene.url)
  const [connection] = scene.connections
  connection!.pause()
  client.send('later')
  connection!.resume()
  assert.equal(await client.nextText(), 'later')
  connection!.pause()
  connection!.close(4001, 'paused')
  assert.equal((await client.closed).code, 4001)
  await scene.until(() => scene.ended.length === 1)
})
