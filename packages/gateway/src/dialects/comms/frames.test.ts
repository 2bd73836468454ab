import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoomEvent } from '../../model/event.ts'
import type { Message } from '../../model/message.ts'
import { Problem, type ProblemCode, problems } from '../../model/problem.ts'
import { defaultSettings, type Room } from '../../model/room.ts'
import { closeCodeOf, errorOf, fatalErrorOf } from './errors.ts'
import { channelText, errorFrame, helloFrame, readyFrame } from './frames.ts'
import { idOf, idText, uuidOf } from './ids.ts'
import { authorSpeech, plainSpeech } from './speech.ts'

const message: Message = {
  id: 77,
  number: 3,
  authorId: '479455578708639755',
  authorName: 'Ann "A"',
  authorAdmin: true,
  content: 'hi\n',
  sentAt: 1,
  editedAt: null,
  deletedAt: null,
}
const member = { id: 'client_x', userId: '42', name: 'Bo', admin: false, presence: '{}' }
const annUuid = uuidOf('479455578708639755')
const ann = `{"id":"479455578708639755","name":"Ann \\"A\\"","uuid":"${annUuid}","admin":true,"bio":""}`
const bo = `{"id":42,"name":"Bo","uuid":"${uuidOf('42')}","admin":false,"bio":""}`

const say = (body: RoomEvent['body'], seq: number | null = 9) =>
  plainSpeech.encode({ id: 'evt_1', room: 'lobby', seq, at: 1, body })

test('hello and ready are exactly the frames of the protocol', () => {
  assert.equal(helloFrame(20_000), '{"f":100,"cnf":{"hb_int":20000}}')
  const key = Buffer.alloc(32).toString('base64')
  assert.equal(
    readyFrame({ sessionId: 9683494578353, key }),
    `{"f":140,"cnf":{"v":6,"session_id":9683494578353,"enc_key":"${key}"}}`,
  )
  assert.equal(JSON.parse(readyFrame({ sessionId: 1, key, resumed: true })).cnf.resumed, true)
})

test('each event of a room is said with its own words and fields, or not at all', () => {
  assert.equal(
    say({ kind: 'message.created', message }),
    `{"f":130,"cnf":{"user":${ann},"content":"hi\\n","messageID":77},"s":9,"t":"MESSAGE_CREATE"}`,
  )
  assert.equal(
    say({ kind: 'message.deleted', message, by: 'x' }),
    '{"f":130,"cnf":{"messageID":77},"s":9,"t":"MESSAGE_DELETE"}',
  )
  assert.equal(say({ kind: 'typing', member }, null), `{"f":130,"cnf":{"user":${bo}},"t":"START_TYPING"}`)
  assert.equal(
    say({ kind: 'presence.joined', member }, null),
    `{"f":130,"cnf":{"user":${bo}},"t":"ROOM_USER_ADD"}`,
  )
  assert.equal(
    say({ kind: 'presence.left', member }, null),
    `{"f":130,"cnf":{"user":${bo}},"t":"ROOM_USER_REMOVE"}`,
  )
  assert.equal(say({ kind: 'presence.updated', member }, null), null)
  assert.equal(say({ kind: 'message.edited', message }), null)
  assert.equal(say({ kind: 'data.emitted', payload: '1', by: 'x' }), null)
  assert.equal(say({ kind: 'room.updated', changes: {} }), null)
  assert.equal(say({ kind: 'participant.kicked', userId: 'x' }), null)
})

test('the nonce comes back to the author, as it was', () => {
  const frame = authorSpeech('"n-1"', null).encode({
    id: 'evt_1',
    room: 'lobby',
    seq: 1,
    at: 1,
    body: { kind: 'message.created', message },
  })
  assert.ok(String(frame).includes('"messageID":77,"nonce":"n-1"}'))
})

test('ids are numbers where a double can hold them, else strings', () => {
  assert.equal(idText('9007199254740991'), '9007199254740991')
  assert.equal(idText('9007199254740993'), '"9007199254740993"')
  assert.equal(idText('007'), '"007"')
  assert.equal(idText('ann'), '"ann"')
  assert.equal(idOf(5), '5')
  assert.equal(idOf(18446744073709551615n), '18446744073709551615')
  assert.equal(idOf(10n ** 200n), null)
  assert.equal(idOf('18446744073709551615'), '18446744073709551615')
  for (const bad of [null, 1.5, '', {}, [], true]) assert.equal(idOf(bad), null)
})

test('a user has one uuid', () => {
  assert.equal(uuidOf('ann'), uuidOf('ann'))
  assert.match(uuidOf('ann'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a channel shows its id, name, description, visibility and creator', () => {
  const room: Room = {
    ...defaultSettings,
    id: 'dev',
    name: 'Dev',
    access: 'members',
    creatorId: '42',
    incarnation: 'i',
    createdAt: 0,
    lastActiveAt: 0,
    passwordHash: null,
  }
  assert.equal(
    channelText(room),
    '{"id":"dev","name":"Dev","description":"","visibility":false,"creator":42}',
  )
})

test('every problem of the gateway has a code in this protocol, and those that end the connection say so', () => {
  const codes = Object.keys(problems) as ProblemCode[]
  const known = [0, 1, 3, 4, 5, 99, 4000, 4002, 4003, 4004, 4006]
  for (const code of codes) assert.ok(known.includes(errorOf(new Problem(code)).c), code)
  const table: [ProblemCode, number, boolean][] = [
    ['token_invalid', 0, true],
    ['unknown_user', 1, false],
    ['unknown_room', 3, false],
    ['unknown_bot', 4, false],
    ['store_failed', 99, false],
    ['payload_too_large', 4000, true],
    ['rate_limited', 4002, true],
    ['going_down', 4003, true],
    ['invalid_request', 4004, false],
    ['forbidden', 4006, false],
  ]
  for (const [code, c, d] of table) assert.deepEqual({ c, d }, pick(errorOf(new Problem(code))), code)
  assert.deepEqual(pick(fatalErrorOf(new Problem('banned'))), { c: 5, d: true })
})

const pick = ({ c, d }: { c: number; d: boolean }) => ({ c, d })

test('an error says when to try again in milliseconds, and which request it is about', () => {
  assert.equal(
    errorFrame(errorOf(new Problem('rate_limited', 'Slow down.', 2), 21)),
    '{"f":150,"cnf":{"c":4002,"d":true,"m":"Slow down.","retry_after":2000,"s":21}}',
  )
})

test('the close code is the number itself from 4000 on, else 4000 and the number', () => {
  assert.equal(closeCodeOf({ c: 4001, d: true, m: '' }), 4001)
  assert.equal(closeCodeOf({ c: 5, d: true, m: '' }), 4005)
  assert.equal(closeCodeOf({ c: 0, d: true, m: '' }), 4000)
})
