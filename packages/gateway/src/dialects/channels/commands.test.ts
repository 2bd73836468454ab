import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Command, readCommand } from './commands.ts'

const maxPresence = 2048

function read(text: string): Command {
  return readCommand(Buffer.from(text), false, maxPresence, 32)
}

function wrong(text: string): string {
  const command = read(text)
  return command.kind === 'wrong' ? command.error.code : command.kind
}

describe('what a channels client sends', () => {
  it('is an ACK with the id of the event', () => {
    const example = '{\n  "type": "ACK",\n  "payload": {\n\t"eventID": "evt_gPVZZQC5"\n  }\n}'
    assert.deepEqual(read(example), { kind: 'ack', eventId: 'evt_gPVZZQC5' })
  })

  it('is a PONG, with a payload or without', () => {
    for (const text of [
      '{"type":"PONG"}',
      '{"type":"PONG","payload":{}}',
      '{"type":"PONG","payload":null}',
    ]) {
      assert.deepEqual(read(text), { kind: 'pong' })
    }
  })

  it('is PRESENCE with the data kept as it was written', () => {
    assert.deepEqual(read('{ "type": "PRESENCE", "payload": { "level": 1.0, "id": 9223372036854775808 } }'), {
      kind: 'presence',
      presence: '{"level":1.0,"id":9223372036854775808}',
    })
  })

  it('may write its type in any case', () => {
    assert.deepEqual(read('{"type":"pong"}'), { kind: 'pong' })
    assert.deepEqual(read('{"type":"Ack","payload":{"eventID":"evt_12345678"}}'), {
      kind: 'ack',
      eventId: 'evt_12345678',
    })
    assert.deepEqual(read('{"type":"presence","payload":{}}'), { kind: 'presence', presence: '{}' })
  })

  it('is refused when it is not JSON, a trailing comma included', () => {
    const command = read('{"type":"PONG",}')
    assert.ok(command.kind === 'wrong')
    assert.equal(command.error.code, 'INVALID_JSON')
    assert.match(command.error.message, /position 15/)
    const nested = '['.repeat(10_000) + ']'.repeat(10_000)
    const deep = `{"type":"PRESENCE","payload":{"x":${nested}}}`
    for (const text of ['', 'PONG', '{', '{"type":"PONG"}}', '['.repeat(10_000), nested, deep]) {
      assert.equal(wrong(text), 'INVALID_JSON')
    }
  })

  it('is refused when it is JSON of another shape', () => {
    for (const text of [
      '[]',
      '1',
      'null',
      '"PONG"',
      '{}',
      '{"type":1}',
      '{"type":null}',
      '{"type":["PONG"]}',
    ]) {
      assert.equal(wrong(text), 'INVALID_MESSAGE', text)
    }
    for (const payload of [
      '',
      ',"payload":null',
      ',"payload":[]',
      ',"payload":{}',
      ',"payload":{"eventID":1}',
    ]) {
      assert.equal(wrong(`{"type":"ACK"${payload}}`), 'INVALID_MESSAGE', payload)
    }
    for (const payload of ['', ',"payload":null', ',"payload":[]', ',"payload":"x"', ',"payload":1']) {
      assert.equal(wrong(`{"type":"PRESENCE"${payload}}`), 'INVALID_MESSAGE', payload)
    }
  })

  it('is refused when it is binary', () => {
    const command = readCommand(Buffer.from('{"type":"PONG"}'), true, maxPresence, 32)
    assert.ok(command.kind === 'wrong')
    assert.equal(command.error.code, 'INVALID_MESSAGE')
  })

  it('is refused when its type is none of the three, names of object properties included', () => {
    for (const type of ['DATA', 'PING', '', 'constructor', '__proto__', 'toString', 'ACK ']) {
      assert.equal(wrong(JSON.stringify({ type })), 'UNKNOWN_TYPE')
    }
  })

  it('may have presence data of 2 KiB and no more, counted in bytes', () => {
    const presence = (characters: number): string =>
      `{"type":"PRESENCE","payload":{"x":"${'é'.repeat(characters)}"}}`
    assert.equal(wrong(presence(1020)), 'presence')
    assert.equal(wrong(presence(1021)), 'INVALID_MESSAGE')
  })

  it('is always read or refused, whatever it is', () => {
    const nearly = fc.record(
      {
        type: fc.oneof(fc.constantFrom('ACK', 'PONG', 'PRESENCE', 'pReSeNcE'), fc.jsonValue()),
        payload: fc.oneof(fc.record({ eventID: fc.jsonValue() }), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      nearly.map((value) => JSON.stringify(value)),
    )
    const bytes = fc.oneof(
      text.map((one) => Buffer.from(one)),
      fc.uint8Array().map((one) => Buffer.from(one)),
    )
    fc.assert(
      fc.property(bytes, fc.boolean(), (data, binary) => {
        const command = readCommand(data, binary, maxPresence, 32)
        if (command.kind === 'wrong') assert.ok(command.error.message.length < 400)
        if (command.kind === 'presence') assert.equal(typeof JSON.parse(command.presence), 'object')
      }),
      { numRuns: 10_000 },
    )
  })

  it('comes out as it went in', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (eventID, data) => {
        assert.deepEqual(read(JSON.stringify({ type: 'ACK', payload: { eventID } })), {
          kind: 'ack',
          eventId: eventID,
        })
        const presence = JSON.stringify(data)
        if (presence.length > 500) return
        assert.deepEqual(read(JSON.stringify({ payload: data, type: 'PRESENCE' })), {
          kind: 'presence',
          presence,
        })
      }),
    )
  })
})
