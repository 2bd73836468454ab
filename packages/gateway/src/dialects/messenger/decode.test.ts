import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Problem } from '../../model/problem.ts'
import { decode } from './decode.ts'
import { checkPayload, isRequestName, payloads, type RequestName } from './payloads.ts'

const read = (text: string) => decode(Buffer.from(text), 32)

test('a request is read with its id, its name and its payload', () => {
  assert.deepEqual(
    read(
      '{"type":"request","timestamp":1700000000,"id":"req001","payloadType":"new","payload":{"chatId":"User2","message":"Hi from User1!"}}',
    ),
    { kind: 'request', id: 'req001', name: 'new', payload: { chatId: 'User2', message: 'Hi from User1!' } },
  )
})

test('an event is read by "eventType", or by "payloadType"', () => {
  const event = { kind: 'event', name: 'typing', payload: { chatId: 'User2' } }
  assert.deepEqual(read('{"type":"event","eventType":"typing","payload":{"chatId":"User2"}}'), event)
  assert.deepEqual(read('{"type":"event","payloadType":"typing","payload":{"chatId":"User2"}}'), event)
})

test('typing may be written as a request without an id', () => {
  assert.deepEqual(read('{"type":"request","payloadType":"typing","payload":{"chatId":"User2"}}'), {
    kind: 'event',
    name: 'typing',
    payload: { chatId: 'User2' },
  })
})

test('the text "ping" is a ping', () => {
  assert.deepEqual(read('ping'), { kind: 'ping' })
})

const bad: readonly (readonly [text: string, code: string, id: string | null])[] = [
  ['', 'invalid_json', null],
  ['{', 'invalid_json', null],
  ['pong', 'invalid_json', null],
  [`{"type":"request","id":"a","payload":${'['.repeat(10_000)}`, 'invalid_json', null],
  [`{"type":"request","id":"a","payload":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'invalid_json', null],
  ['[]', 'invalid_request', null],
  ['1', 'invalid_request', null],
  ['"x"', 'invalid_request', null],
  ['null', 'invalid_request', null],
  ['{}', 'invalid_request', null],
  ['{"type":"response","id":"a"}', 'invalid_request', 'a'],
  ['{"type":"request","payloadType":"new"}', 'invalid_request', null],
  ['{"type":"request","id":1,"payloadType":"new"}', 'invalid_request', null],
  ['{"type":"request","id":"","payloadType":"new"}', 'invalid_request', null],
  [`{"type":"request","id":"${'x'.repeat(101)}","payloadType":"new"}`, 'invalid_request', null],
  ['{"type":"request","id":null,"payloadType":"typing"}', 'invalid_request', null],
  ['{"type":"request","id":"a"}', 'invalid_request', 'a'],
  ['{"type":"request","id":"a","payloadType":7}', 'invalid_request', 'a'],
  ['{"type":"event"}', 'invalid_request', null],
]

for (const [text, code, id] of bad) {
  test(`refused as ${code}: ${text.slice(0, 60) || 'an empty frame'}`, () => {
    const incoming = read(text)
    assert.ok(incoming.kind === 'bad')
    assert.deepEqual([incoming.problem.code, incoming.id], [code, id])
  })
}

test('names of requests are the protocol’s, and nothing an object inherits', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    assert.ok(!isRequestName(name))
  for (const name of Object.keys(payloads)) assert.ok(isRequestName(name))
})

const misfits: readonly (readonly [RequestName, unknown, RegExp])[] = [
  ['new', {}, /payload\.chatId is missing/],
  ['new', 'x', /payload must be object/],
  ['new', { chatId: 1 }, /payload\.chatId must be string/],
  ['new', { chatId: 'a', attachments: [] }, /payload\.attachments /],
  ['edit', { chatId: 'a', messageId: '1', message: 'x' }, /payload\.messageId must be integer/],
  ['edit', { chatId: 'a', messageId: 1, message: '' }, /payload\.message /],
  ['read', { chatId: 'a', messageId: 0 }, /payload\.messageId /],
  ['read', { chatId: 'a', messageId: 2 ** 53 }, /payload\.messageId /],
  ['subscribe', { lastEventId: -1 }, /payload\.lastEventId /],
  ['subscribe', { lastEventId: 1.5 }, /payload\.lastEventId /],
  ['subscribe', { lastEventId: '1' }, /payload\.lastEventId /],
  ['subscribe', { lastEventId: null }, /payload\.lastEventId /],
  ['getMessages', { chatId: 'a', count: 101 }, /payload\.count /],
  ['getMessages', { chatId: 'a', count: 0 }, /payload\.count /],
  ['getMessages', { chatId: 'a' }, /payload\.count is missing/],
  ['getEvents', {}, /payload\.fromEventId is missing/],
  ['createGroup', { groupName: '', members: [] }, /payload\.groupName /],
]

for (const [name, payload, says] of misfits) {
  test(`the payload of ${name} is refused with a path: ${JSON.stringify(payload)}`, () => {
    assert.throws(() => checkPayload(name, payload), { code: 'invalid_payload', message: says })
  })
}

test('an absent payload is an empty one', () => {
  assert.deepEqual(checkPayload('subscribe', undefined), {})
})

test('no frame makes the decoder or the checks throw anything but a refusal', () => {
  const name = fc.oneof(fc.constantFrom(...(Object.keys(payloads) as RequestName[])), fc.string())
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.record({ chatId: fc.jsonValue(), messageId: fc.jsonValue(), attachments: fc.jsonValue() }),
  )
  const likely = fc.record(
    {
      type: fc.oneof(fc.constantFrom('request', 'event'), fc.jsonValue()),
      id: fc.jsonValue(),
      payloadType: name,
      eventType: name,
      payload: value,
    },
    { requiredKeys: [] },
  )
  const text = fc.oneof(
    likely.map((frame) => JSON.stringify(frame)),
    fc.json(),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(text, (frame) => {
      const incoming = read(frame)
      if (incoming.kind !== 'request' || !isRequestName(incoming.name)) return
      try {
        checkPayload(incoming.name, incoming.payload)
      } catch (error) {
        assert.ok(error instanceof Problem && error.code === 'invalid_payload')
      }
    }),
    { numRuns: 10_000 },
  )
})
