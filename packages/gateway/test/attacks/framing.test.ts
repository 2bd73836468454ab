import assert from 'node:assert/strict'
import { after, describe, it, type TestContext } from 'node:test'
import { clientFrame, handshake, RawClient } from '../support/transport-scene.ts'
import { closeCode, closing, echo, nextFrame } from './support/echo.ts'
import { times } from './support/scale.ts'
import { Victim } from './support/victim.ts'

/**
 * RFC 6455 from the other side, in the categories that the Autobahn test suite has made customary; the cases are our own. What is to come
 * back is seen by an echo over the gateway's own transport; what is wrong is sent to a whole gateway, which must be as before.
 */

const text = 0x81
const binary = 0x82
const close = 0x88
const ping = 0x89
const pong = 0x8a

async function connected(t: TestContext, limits = {}): Promise<RawClient> {
  return RawClient.upgraded((await echo(t, limits)).port)
}

async function echoes(client: RawClient, first: number, payload: string | Buffer): Promise<void> {
  const frame = await nextFrame(client)
  assert.equal(frame.first, first)
  assert.ok(frame.payload.equals(Buffer.from(payload as string)), 'the same bytes come back')
}

const victim = await Victim.start({ after }, { limits: { messageBytes: 4096 }, rooms: { joinsPerSecond: 0 } })

let channels = 0

/** Each of these bytes, sent after the handshake, fails the connection with this code, after so many words, and has one line in the log. */
function fails(cases: readonly Buffer[], code: number, words = 0): Promise<void> {
  const attack = async () => {
    for (const bytes of cases) {
      const client = await greeted()
      client.write(bytes)
      for (let said = 0; said < words; said++) assert.equal((await nextFrame(client)).first, text)
      assert.equal(await closeCode(client), code, bytes.subarray(0, 24).toString('hex'))
      client.write(clientFrame(close, closing(code)))
      assert.equal((await client.rest()).length, 0, 'nothing follows the close')
    }
  }
  return victim.withstands(attack, { lines: () => cases.length })
}

/** A client that has been greeted, alone in a channel so that it hears of nobody else. */
async function greeted(): Promise<RawClient> {
  const client = await RawClient.upgraded(victim.port, `/framing-${channels++}/listen`)
  await nextFrame(client)
  return client
}

describe('1 framing', () => {
  for (const size of [0, 1, 125, 126, 127, 128, 65_535]) {
    it(`echoes text and bytes of ${size}`, async (t) => {
      const client = await connected(t)
      client.write(clientFrame(text, 'x'.repeat(size)))
      await echoes(client, text, 'x'.repeat(size))
      client.write(clientFrame(binary, Buffer.alloc(size, 0xfe)))
      await echoes(client, binary, Buffer.alloc(size, 0xfe))
    })
  }

  it('does not care how the bytes are cut', async (t) => {
    const client = await connected(t)
    client.socket.setNoDelay(true)
    for (const byte of clientFrame(text, 'byte by byte')) {
      client.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await echoes(client, text, 'byte by byte')
    client.write(Buffer.concat([clientFrame(text, 'one'), clientFrame(text, 'other')]))
    await echoes(client, text, 'one')
    await echoes(client, text, 'other')
  })

  it('unmasks with whatever mask', async (t) => {
    const client = await connected(t)
    const [mask, payload] = [Buffer.from([0x37, 0xfa, 0x21, 0x3d]), Buffer.from('masked')]
    const masked = payload.map((byte, at) => byte ^ mask[at % 4]!)
    client.write(Buffer.concat([Buffer.from([text, 0x80 | payload.length]), mask, masked]))
    await echoes(client, text, 'masked')
  })

  it('fails a frame that is not masked', () => fails([Buffer.from([text, 1, 0x61])], 1002))
})

describe('2 pings and pongs', () => {
  it('answers each ping with its payload, in order, also within a fragmented message', async (t) => {
    const client = await connected(t)
    for (const size of [0, 1, 125]) client.write(clientFrame(ping, Buffer.alloc(size, 0x70)))
    for (const size of [0, 1, 125]) await echoes(client, pong, Buffer.alloc(size, 0x70))
    client.write(clientFrame(0x01, 'half'))
    client.write(clientFrame(ping, 'between'))
    await echoes(client, pong, 'between')
    client.write(clientFrame(0x80, ' and half'))
    await echoes(client, text, 'half and half')
  })

  it('takes a pong that nobody asked for', async (t) => {
    const client = await connected(t)
    client.write(clientFrame(pong, 'unasked'))
    client.write(clientFrame(ping, 'asked'))
    await echoes(client, pong, 'asked')
  })

  it('fails a ping and a pong of more than 125 bytes', () =>
    fails([clientFrame(ping, 'x'.repeat(126)), clientFrame(pong, 'x'.repeat(126))], 1002))
})

describe('3 reserved bits', () => {
  const frames = [text, binary, close, ping, pong]
  const bits = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70]
  it('fails each of them on each kind of frame', () =>
    fails(
      frames.flatMap((frame) => bits.map((bit) => clientFrame(frame | bit, ''))),
      1002,
    ))
})

describe('4 opcodes', () => {
  const reserved = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]
  it('fails those that mean nothing, with and without a payload', () =>
    fails(
      reserved.flatMap((opcode) => [clientFrame(0x80 | opcode, ''), clientFrame(0x80 | opcode, 'x')]),
      1002,
    ))

  it('keeps what was answered before one', async (t) => {
    const client = await connected(t)
    client.write(clientFrame(text, 'before'))
    await echoes(client, text, 'before')
    client.write(clientFrame(0x83, ''))
    assert.equal(await closeCode(client), 1002)
  })
})

describe('5 fragmentation', () => {
  it('puts a message together from two, many and empty fragments', async (t) => {
    const client = await connected(t)
    client.write(Buffer.concat([clientFrame(0x01, 'a'), clientFrame(0x80, 'b')]))
    await echoes(client, text, 'ab')
    const many = Array.from({ length: 200 }, () => clientFrame(0x00, 'x'))
    client.write(Buffer.concat([clientFrame(0x02, ''), ...many, clientFrame(0x80, '')]))
    await echoes(client, binary, 'x'.repeat(200))
  })

  it('fails control frames in fragments, continuations of nothing, and a message within another', () =>
    fails(
      [
        clientFrame(0x09, 'ping'),
        clientFrame(0x0a, 'pong'),
        clientFrame(0x08, closing(1000)),
        clientFrame(0x80, 'of nothing'),
        clientFrame(0x00, 'of nothing'),
        Buffer.concat([clientFrame(0x01, 'a'), clientFrame(text, 'b')]),
        Buffer.concat([clientFrame(0x01, 'a'), clientFrame(0x02, 'b')]),
      ],
      1002,
    ))

  it('fails a continuation after the end of a message', async (t) => {
    const client = await connected(t)
    client.write(Buffer.concat([clientFrame(0x01, 'a'), clientFrame(0x80, 'b')]))
    await echoes(client, text, 'ab')
    client.write(clientFrame(0x80, 'c'))
    assert.equal(await closeCode(client), 1002)
  })

  it('fails more fragments than one message may have', () => {
    const many = Array.from({ length: 257 }, () => clientFrame(0x00, ''))
    return fails([Buffer.concat([clientFrame(0x01, ''), ...many])], 1008)
  })
})

describe('6 UTF-8 handling', () => {
  const valid = [
    'κόσμε',
    '\u{0}',
    '\u{7f}\u{80}\u{7ff}\u{800}',
    '\u{ffff}',
    '\u{10000}\u{10ffff}',
    '\u{fffe}',
  ]
  it('takes what is UTF-8, also when a character is cut by fragments', async (t) => {
    const client = await connected(t)
    for (const word of valid) {
      client.write(clientFrame(text, word))
      await echoes(client, text, word)
      const bytes = Buffer.from(word)
      const pieces = [...bytes].map((byte) => clientFrame(0x00, Buffer.from([byte])))
      client.write(Buffer.concat([clientFrame(0x01, ''), ...pieces, clientFrame(0x80, '')]))
      await echoes(client, text, word)
    }
  })

  const invalid = [
    ...[
      '80',
      'bf',
      'fe',
      'ff',
      'c0',
      'c0af',
      'c1bf',
      'c280c2',
      'e08080',
      'e080af',
      'e09fbf',
      'eda080',
      'edafbf',
    ],
    ...[
      'edb080',
      'edbfbf',
      'eda080edb080',
      'f0808080',
      'f08080af',
      'f08fbfbf',
      'f4908080',
      'f5808080',
      'f888808080',
    ],
    ...[
      'fc8480808080',
      'ce',
      'cebae1',
      'e2',
      'e282',
      'f0',
      'f09f',
      'f09f98',
      '61ff62',
      'cebae1bdb9cf83cebcceb5eda080',
    ],
  ].map((hex) => Buffer.from(hex, 'hex'))
  it('fails text that is not, whole and in fragments', () =>
    fails(
      invalid.flatMap((bytes) => [
        clientFrame(text, bytes),
        Buffer.concat([clientFrame(0x01, bytes.subarray(0, 1)), clientFrame(0x80, bytes.subarray(1))]),
      ]),
      1007,
    ))

  it('takes the same as bytes', async (t) => {
    const client = await connected(t)
    for (const bytes of invalid) {
      client.write(clientFrame(binary, bytes))
      await echoes(client, binary, bytes)
    }
  })
})

describe('7 close handling', () => {
  it('answers a close with its code, and an empty one with an empty one', async (t) => {
    const scene = await echo(t)
    for (const code of [
      1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
    ]) {
      const client = await RawClient.upgraded(scene.port)
      client.write(clientFrame(close, closing(code, 'because')))
      assert.equal(await closeCode(client), code)
      assert.equal((await client.rest()).length, 0)
    }
    const client = await RawClient.upgraded(scene.port)
    client.write(clientFrame(close))
    assert.ok([null, 1005].includes(await closeCode(client)))
    assert.equal(scene.logged.length, 0, 'whoever leaves as one should is not worth a line')
  })

  it('takes a reason of 123 bytes', async (t) => {
    const client = await connected(t)
    client.write(clientFrame(close, closing(1000, 'x'.repeat(123))))
    assert.equal(await closeCode(client), 1000)
  })

  it('fails half a code, codes that are not for the wire, and a frame too long', () => {
    const codes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
    const frames = codes.map((code) => clientFrame(close, closing(code)))
    return fails(
      [clientFrame(close, '\u0003'), ...frames, clientFrame(close, closing(1000, 'x'.repeat(124)))],
      1002,
    )
  })

  it('fails a reason that is not UTF-8', () =>
    fails([clientFrame(close, closing(1000, Buffer.from([0xff])))], 1007))

  it('hears nothing after a close', async (t) => {
    const scene = await echo(t)
    const client = await RawClient.upgraded(scene.port)
    client.write(
      Buffer.concat([
        clientFrame(close, closing(1000)),
        clientFrame(text, 'late'),
        clientFrame(ping, 'late'),
      ]),
    )
    assert.equal(await closeCode(client), 1000)
    assert.equal((await client.rest()).length, 0)
  })
})

describe('9 limits and performance', () => {
  it('fails a message that is declared too large before a byte of it has come', async () => {
    await fails([4097n, 2n ** 32n, 2n ** 40n, 2n ** 53n - 1n].map(hugeFrame), 1009, 1)
    await fails([2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].map(hugeFrame), 1009, 1)
  })

  it('fails what grows too large by fragments', () => {
    const pieces = [clientFrame(0x01, 'x'.repeat(3000)), clientFrame(0x00, 'x'.repeat(1097))]
    return fails([Buffer.concat(pieces)], 1009, 1)
  })

  it('echoes many messages in order', async (t) => {
    const client = await connected(t)
    const count = times(2000, 50_000)
    for (let i = 0; i < count; i++) client.write(clientFrame(text, `${i}`))
    for (let i = 0; i < count; i++) await echoes(client, text, `${i}`)
  })
})

describe('10 auto-fragmentation', () => {
  it('by the client is undone, whatever the size of its fragments', async (t) => {
    const scene = await echo(t)
    const whole = 'x'.repeat(65_536)
    for (const size of [300, 1300, 60_000]) {
      const client = await RawClient.upgraded(scene.port)
      client.write(clientFrame(0x01, whole.slice(0, size)))
      for (let at = size; at < whole.length; at += size)
        client.write(clientFrame(0x00, whole.slice(at, at + size)))
      client.write(clientFrame(0x80, ''))
      await echoes(client, text, whole)
    }
  })

  it('by the server does not happen: what is large comes in one frame', async (t) => {
    const client = await connected(t)
    client.write(clientFrame(text, 'x'.repeat(65_535)))
    assert.equal((await nextFrame(client)).first, text)
  })
})

describe('12 and 13 compression', () => {
  const offers = [
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits; server_no_context_takeover',
    'x-webkit-deflate-frame, permessage-bzip2',
    'permessage-deflate; server_max_window_bits=999',
  ]
  it('is not agreed to, whatever is offered, and then fails', () => {
    const attack = async () => {
      for (const offer of offers) {
        const client = await RawClient.open(victim.port)
        client.write(handshake('/comms', { 'Sec-WebSocket-Extensions': offer }))
        const head = await client.head()
        assert.match(head, /^HTTP\/1\.1 101 /)
        assert.doesNotMatch(head, /sec-websocket-extensions/i)
        await nextFrame(client)
        client.write(clientFrame(0xc1, Buffer.from('f248cdc9c90700', 'hex')))
        assert.equal(await closeCode(client), 1002, 'RSV1 means nothing')
        client.destroy()
      }
    }
    return victim.withstands(attack, { lines: () => offers.length })
  })
})

/** The head of a frame that says it is this long. */
function hugeFrame(length: bigint): Buffer {
  const head = Buffer.alloc(14)
  head[0] = text
  head[1] = 0xff
  head.writeBigUInt64BE(length, 2)
  return head
}
