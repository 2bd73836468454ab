import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { EventBody, Member, RoomEvent } from '../../model/event.ts'
import type { Message } from '../../model/message.ts'
import type { Encoded } from '../../ports/connection.ts'
import { pingTimeout } from './errors.ts'
import { dataOf } from './events.ts'
import { errorFrame, eventStreamText, passing, stampOf, webSocketText } from './frame.ts'
import { overEventStream, overWebSocket } from './manner.ts'

const stamp = stampOf('client_fXoSDfqi', 0)

function joined(encoded: Encoded | null): string {
  assert.ok(encoded !== null && typeof encoded === 'object' && 'head' in encoded)
  return encoded.head + stamp + encoded.tail
}

function event(body: EventBody, rest: Partial<RoomEvent> = {}): RoomEvent {
  return { id: 'evt_gPVZZQC5', room: 'lobby', seq: 1, at: 0, body, ...rest }
}

const overSocket = (one: RoomEvent): string => joined(overWebSocket.speech.encode(one))
const overStream = (one: RoomEvent): string => joined(overEventStream.speech.encode(one))

const member: Member = {
  id: 'client_hp39x_sa',
  userId: null,
  name: 'anonymous',
  admin: false,
  presence: '{"username":"Cerulean"}',
}

const message: Message = {
  id: 7,
  number: 1,
  authorId: 'ann',
  authorName: 'Ann',
  authorAdmin: false,
  content: 'Say "hi" 👋',
  sentAt: 1000,
  editedAt: 2000,
  deletedAt: null,
}

describe('channels frames', () => {
  it('say emitted data verbatim and ask for the acknowledgement', () => {
    const body: EventBody = { kind: 'data.emitted', payload: '{"hello":"world","n":1.0}', by: 'anonymous' }
    assert.equal(
      overSocket(event(body, { wantsAck: true })),
      '{"type":"DATA","payload":{"hello":"world","n":1.0},"requires_ack":true,"eventID":"evt_gPVZZQC5","clientID":"client_fXoSDfqi","latency":0}',
    )
  })

  it('say nothing of acknowledgements when none is wanted', () => {
    assert.equal(
      overSocket(event({ kind: 'data.emitted', payload: '7', by: 'anonymous' })),
      '{"type":"DATA","payload":7,"eventID":"evt_gPVZZQC5","clientID":"client_fXoSDfqi","latency":0}',
    )
  })

  it('say PING', () => {
    assert.equal(
      joined(webSocketText(passing('PING', '{}', 'evt_gPVZZQC5'))),
      '{"type":"PING","payload":{},"eventID":"evt_gPVZZQC5","clientID":"client_fXoSDfqi","latency":0}',
    )
  })

  const passingEvents: [Extract<EventBody, { member: Member }>['kind'], string, string][] = [
    [
      'presence.joined',
      'PRESENCE:JOINED',
      '{"clientID":"client_hp39x_sa","presence":{"username":"Cerulean"}}',
    ],
    [
      'presence.updated',
      'PRESENCE:UPDATED',
      '{"clientID":"client_hp39x_sa","presence":{"username":"Cerulean"}}',
    ],
    ['presence.left', 'PRESENCE:LEFT', '{"clientID":"client_hp39x_sa"}'],
  ]
  for (const [kind, type, payload] of passingEvents) {
    it(`say ${kind} as ${type}`, () => {
      assert.equal(
        overSocket(event({ kind, member }, { seq: null })),
        `{"type":"${type}","payload":${payload},"eventID":"evt_gPVZZQC5","clientID":"client_fXoSDfqi","latency":0}`,
      )
    })
  }

  it('say that a PING went unanswered', () => {
    assert.equal(
      joined(webSocketText(errorFrame(pingTimeout, 'evt_gPVZZQC5'))),
      '{"type":"ERROR","payload":{"message":"Client did not respond to PING event","code":"PING_TIMEOUT"},"eventID":"evt_gPVZZQC5","clientID":"client_fXoSDfqi","latency":0}',
    )
  })

  it('say when to try again', () => {
    const frame = errorFrame({ code: 'RATE_LIMITED', message: 'Wait.', retryAfter: 2 }, 'evt_gPVZZQC5')
    assert.equal(frame.payload, '{"message":"Wait.","code":"RATE_LIMITED","retryAfter":2}')
  })

  it('say that the channel was closed, with the reason', () => {
    const { payload } = JSON.parse(overSocket(event({ kind: 'room.closed', reason: 'it is late' })))
    assert.deepEqual(payload, { message: 'This channel was closed: it is late', code: 'ROOM_CLOSED' })
  })

  it('say messages of other protocols, their edits and their deletion', () => {
    const says = (body: EventBody): unknown => JSON.parse(overSocket(event(body))).payload
    const { id: messageId, authorId, content, sentAt, editedAt } = message
    assert.deepEqual(says({ kind: 'message.created', message }), { messageId, authorId, content, sentAt })
    assert.deepEqual(says({ kind: 'message.edited', message }), {
      edited: { messageId, authorId, content, editedAt },
    })
    assert.deepEqual(says({ kind: 'message.deleted', message, by: 'ann' }), { deleted: { messageId } })
  })

  it('say a message that was emitted as data verbatim', () => {
    const payload = '{"content":"hi","mood":1.50}'
    assert.equal(dataOf({ kind: 'message.created', message, payload }), payload)
  })

  it('have no word for what concerns rooms and participants only', () => {
    const silent: EventBody[] = [
      { kind: 'room.updated', changes: { chatLocked: true } },
      { kind: 'participant.kicked', userId: 'ann' },
      { kind: 'participant.changed', userId: 'ann', changes: { color: '#000000' } },
      { kind: 'typing', member },
      { kind: 'receipts.advanced', userId: 'ann', mark: 'read', from: 0, upTo: 1, authors: [] },
    ]
    for (const body of silent) {
      assert.equal(overWebSocket.speech.encode(event(body)), null)
      assert.equal(overEventStream.speech.encode(event(body)), null)
    }
  })

  it('have the same five properties for whatever happens, and are compact', () => {
    const presence = fc.dictionary(fc.string(), fc.jsonValue()).map((data) => JSON.stringify(data))
    const body: fc.Arbitrary<EventBody> = fc.oneof(
      fc.record({
        kind: fc.constantFrom(
          'presence.joined' as const,
          'presence.updated' as const,
          'presence.left' as const,
        ),
        member: presence.map((data) => ({ ...member, presence: data })),
      }),
      fc.record({
        kind: fc.constant('data.emitted' as const),
        payload: fc.json().map((text) => JSON.stringify(JSON.parse(text))),
        by: fc.string(),
      }),
      fc.record({
        kind: fc.constantFrom('message.created' as const, 'message.edited' as const),
        message: fc.string().map((content) => ({ ...message, content })),
      }),
      fc.record({ kind: fc.constant('room.closed' as const), reason: fc.string() }),
    )
    fc.assert(
      fc.property(body, fc.boolean(), fc.nat(), (one, wantsAck, latency) => {
        const encoded = overWebSocket.speech.encode(event(one, { wantsAck }))
        assert.ok(encoded !== null && typeof encoded === 'object' && 'head' in encoded)
        const text = encoded.head + stampOf('client_fXoSDfqi', latency) + encoded.tail
        const { requires_ack: _, ...frame } = JSON.parse(text)
        assert.deepEqual(Object.keys(frame), ['type', 'payload', 'eventID', 'clientID', 'latency'])
        assert.equal(frame.latency, latency)
        assert.equal(JSON.stringify(JSON.parse(text)).length, text.length)
        const streamed = overStream(event(one, { wantsAck })).split('\n')
        assert.deepEqual(streamed.slice(-2), ['', ''])
        assert.deepEqual(JSON.parse(streamed.at(-3)?.slice('data: '.length) ?? '').payload, frame.payload)
      }),
    )
  })
})

describe('channels frames as server-sent events', () => {
  it('bear an id when one can resume from them', () => {
    assert.equal(
      overStream(event({ kind: 'data.emitted', payload: '{"hello":"world"}', by: 'anonymous' })),
      'event: DATA\nid: evt_gPVZZQC5\ndata: {"type":"DATA","payload":{"hello":"world"},"eventID":"evt_gPVZZQC5","clientID":"client_fXoSDfqi","latency":0}\n\n',
    )
  })

  it('bear none when one cannot, so that Last-Event-ID keeps the last that can', () => {
    assert.equal(
      joined(eventStreamText(passing('PRESENCE:LEFT', '{"clientID":"client_1"}', 'evt_gPVZZQC5'))),
      'event: PRESENCE:LEFT\ndata: {"type":"PRESENCE:LEFT","payload":{"clientID":"client_1"},"eventID":"evt_gPVZZQC5","clientID":"client_fXoSDfqi","latency":0}\n\n',
    )
  })

  it('ask nobody to acknowledge, since nobody could', () => {
    const text = overStream(event({ kind: 'data.emitted', payload: '1', by: 'ann' }, { wantsAck: true }))
    assert.doesNotMatch(text, /requires_ack/)
  })
})
