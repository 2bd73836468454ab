import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import { Compile } from 'typebox/schema'
import { http, startTestGateway, type TestGateway } from '../../../test/harness.ts'
import { dialogSample, durableSamples, roomSample, samples } from '../../../test/support/event-samples.ts'
import { assertSaid } from '../../../test/support/frame-check.ts'
import { frameOf } from '../../dialects/channels/events.ts'
import { errorFrame, stampOf, webSocketText } from '../../dialects/channels/frame.ts'
import { timedOut } from '../../dialects/comms/errors.ts'
import * as comms from '../../dialects/comms/frames.ts'
import { plainSpeech as commsSpeech } from '../../dialects/comms/speech.ts'
import * as messenger from '../../dialects/messenger/frames.ts'
import { messengerSpeech } from '../../dialects/messenger/speech.ts'
import { createSpeeches, hello } from '../../dialects/rooms/speech.ts'
import * as services from '../../dialects/services/frames.ts'
import { version } from '../version.ts'
import { asyncApiDocument, asyncApiPage } from './document.ts'
import { defaultFrameTables } from './tables.ts'

const schemaFile = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json')
const asyncApi = Compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object)

describe('the AsyncAPI documents', () => {
  for (const table of defaultFrameTables) {
    it(`of ${table.title} is the one in docs/asyncapi (otherwise: npm run docs)`, () => {
      const page = new URL(`../../../../../docs/asyncapi/${table.title}.yaml`, import.meta.url)
      assert.equal(readFileSync(page, 'utf8'), asyncApiPage(table, version))
    })

    it(`of ${table.title} is one, by the schema of AsyncAPI 3.0`, () => {
      assert.ok(asyncApi.Check(asyncApiDocument(table, version)))
    })
  }

  it('would be refused if they were wrong', () => {
    const document = asyncApiDocument(defaultFrameTables[0]!, version)
    assert.equal(asyncApi.Check({ ...document, operations: { say: { action: 'shout' } } }), false)
    assert.equal(
      asyncApi.Check({ ...document, components: { messages: { hello: { payload: { type: 5 } } } } }),
      false,
    )
  })
})

describe('a gateway', () => {
  let gateway: TestGateway
  before(async () => {
    gateway = await startTestGateway()
  })
  after(() => gateway.dispose())

  it('serves the document of every protocol it speaks', async () => {
    for (const { title } of defaultFrameTables) {
      const { status, body } = await http(gateway, 'GET', `/api/asyncapi/${title}.json`)
      assert.deepEqual([status, body.asyncapi, Object.keys(body.channels)], [200, '3.0.0', [title]])
    }
  })
})

describe('what the codecs write is in the documents:', () => {
  it('rooms', () => {
    const speeches = createSpeeches()
    const position = { epoch: 'e', seq: 4 }
    for (const frame of [hello(45_000, null), hello(45_000, { position, recovered: true })])
      assertSaid('rooms', frame)
    for (const admin of [true, false]) {
      for (const resumable of [true, false]) {
        for (const event of samples) {
          const said = speeches.for(admin, resumable).encode(event)
          if (said !== null) assertSaid('rooms', String(said))
        }
      }
    }
  })

  it('comms', () => {
    for (const event of samples) {
      const said = commsSpeech.encode(event)
      if (said !== null) assertSaid('comms', String(said))
    }
    const others = [
      comms.helloFrame(20_000),
      comms.heartbeatFrame,
      comms.readyFrame({ sessionId: 5, key: 'k' }),
      comms.readyFrame({ sessionId: 5, key: 'k', resumed: true }),
      comms.errorFrame({ ...timedOut('Too late.'), retry_after: 1000, s: 3 }),
      comms.moveFrame(roomSample, []),
      comms.serverMessageFrame('The channel was closed.'),
      comms.executeFrame('GATEWAY_DOWN', '{}', null),
    ]
    for (const frame of others) assertSaid('comms', frame)
  })

  it('channels', () => {
    const frames = samples.map(frameOf).filter((frame) => frame !== null)
    const error = errorFrame(
      { code: 'RATE_LIMITED', message: 'Too many.', retryAfter: 1 },
      'evt_AAAAAAAAAAAAAAAA',
    )
    for (const frame of [...frames, error]) {
      const { head, tail } = webSocketText(frame)
      assertSaid('channels', `${head}${stampOf('client_AAAAAAAAAAAAAAAA', 12)}${tail}`)
    }
    const { head, tail } = webSocketText(error)
    assertSaid('channels', `${head}${stampOf(null, 0)}${tail}`)
  })

  it('messenger', () => {
    for (const event of durableSamples) {
      for (const dialog of [null, dialogSample]) {
        const said = messengerSpeech.letter({ event, dialog })?.({ userId: 'ann', id: 7 })
        if (said !== undefined) assertSaid('messenger', said)
      }
    }
    const others = [
      messenger.responseFrame(1, 'r1'),
      messenger.responseFrame(1, 'r1', '{"messageId":5}'),
      messenger.errorFrame(1, null, { code: 'invalid_json', message: 'No.', retryAfter: 2 }),
      messenger.pongFrame(1),
    ]
    for (const frame of others) assertSaid('messenger', frame)
  })

  it('services', () => {
    const standing = { session: 's', shards: [0, 1], resumed: true, lost: 2 }
    const data = '{"raw":"","ids":{"message":"1","author":"2","channel":"3","guild":"4","shard":0}}'
    const frames = [
      services.helloFrame(30_000),
      services.heartbeatFrame,
      services.heartbeatAckFrame,
      services.identifiedFrame(standing),
      services.identifiedFrame({ session: 's', shards: null, resumed: null, lost: 0 }),
      services.eventFrame({ name: 'EXECUTE_COMMAND', data }),
    ]
    for (const frame of frames) assertSaid('services', frame)
  })

  it('and nothing else is', () => {
    assert.throws(() => assertSaid('rooms', '{"e":8,"d":{}}'), /no frame of rooms/)
    assert.throws(() => assertSaid('rooms', '{"e":5,"d":{"userId":"x","more":1}}'), /no frame of rooms/)
    assert.throws(() => assertSaid('channels', '{"type":"PING","payload":{}}'), /no frame of channels/)
    assert.throws(() => assertSaid('services', '{"op":4}'), /no frame of services/)
  })
})
