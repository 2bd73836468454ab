import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialectLimits } from '../../../test/support/dialect-limits.ts'
import { FakeConnection } from '../../../test/support/fake-outbound.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import type { Participant } from '../../model/participant.ts'
import { Problem } from '../../model/problem.ts'
import type { Attendee, AttendRequest, Core, Speech } from '../../ports/core.ts'
import { RoomsSession } from './session.ts'
import { createSpeeches } from './speech.ts'
import type { Visit } from './visit.ts'

const ada: Participant = {
  userId: 'user_ada',
  name: 'Ada',
  color: '#336699',
  admin: false,
  banned: false,
  joinedSeq: 0,
}

const plain: Visit = {
  room: 'lobby',
  resumable: false,
  actor: { userId: 'user_ada', name: 'Ada', admin: false },
  admin: false,
}

/** A session whose core answers when the test says. */
function scene(visit: Visit) {
  const clock = new ManualClock()
  const connection = new FakeConnection('c1')
  const speeches = createSpeeches()
  const attending = Promise.withResolvers<Attendee>()
  const entering = Promise.withResolvers<{ participant: Participant | null }>()
  const spoken: Speech[] = []
  let left = 0
  let request: AttendRequest | undefined
  const attendee = {
    speak: (speech: Speech) => spoken.push(speech),
    leave: () => left++,
  } as unknown as Attendee
  const core = {
    attendance: {
      attend(wanted: AttendRequest) {
        request = wanted
        return attending.promise
      },
    },
    rooms: { enter: () => entering.promise },
  } as unknown as Core
  const session = new RoomsSession(connection, visit, {
    core,
    speeches,
    times: { interval: 45_000, grace: 15_000 },
    clock,
    random: { id: () => '', integer: () => 0 },
    log: { info() {}, warn() {}, error() {} },
    limits: dialectLimits,
  })
  assert.ok(request !== undefined)
  return {
    clock,
    connection,
    session,
    speeches,
    request,
    spoken,
    left: () => left,
    say: (text: string) => session.receive(Buffer.from(text), false),
    advance(ms: number) {
      clock.advance(ms)
      session.wake()
    },
    async settle() {
      request?.greet({ memberId: 'm', members: [], position: { epoch: 'r.i', seq: 3 }, recovered: null })
      attending.resolve(attendee)
      await turn()
    },
    async fail(problem: unknown) {
      attending.reject(problem)
      await turn()
    },
    async found(participant: Participant | null) {
      entering.resolve({ participant })
      await turn()
    },
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('hello comes as soon as nothing that happens can be missed any more', async () => {
  const { connection, settle } = scene(plain)
  assert.deepEqual(connection.sent, [])
  await settle()
  assert.deepEqual(connection.sent, ['{"e":0,"d":{"heartbeatInterval":45000}}'])
})

test('to those who resume, hello comes with the position', async () => {
  const { connection, settle } = scene({ ...plain, resumable: true })
  await settle()
  assert.deepEqual(connection.sent, [
    '{"e":0,"d":{"heartbeatInterval":45000,"epoch":"r.i","s":3,"recovered":false}}',
  ])
})

test('a question is answered at once', async () => {
  const { connection, say, settle } = scene(plain)
  await settle()
  say('{"e":2,"d":{}}')
  assert.deepEqual(connection.sent.slice(1), ['{"e":1,"d":{}}'])
})

test('a question that comes before hello is answered after it', async () => {
  const { connection, say, settle } = scene(plain)
  say('{"e":2,"d":{}}')
  assert.deepEqual(connection.sent, [])
  await settle()
  assert.deepEqual(connection.sent, ['{"e":0,"d":{"heartbeatInterval":45000}}', '{"e":1,"d":{}}'])
})

test('the server beats and asks, and closes with 4008 when no heartbeat comes', async () => {
  const { connection, say, advance, settle } = scene(plain)
  await settle()
  advance(45_000)
  assert.deepEqual(connection.sent.slice(1), ['{"e":1,"d":{}}', '{"e":2,"d":{}}'])
  say('{"e":1,"d":{}}')
  advance(45_000)
  say('{"e":2,"d":{}}')
  assert.equal(connection.open, true)
  advance(15_000)
  assert.equal(connection.closedWith?.code, 4008)
})

test('nothing is sent after the close, whatever still comes in', () => {
  const { connection, say, advance } = scene(plain)
  say('nonsense')
  assert.equal(connection.closedWith?.code, 4002)
  const before = connection.sent.length
  say('{"e":2,"d":{}}')
  advance(100_000)
  assert.equal(connection.sent.length, before)
  assert.equal(connection.closedWith?.code, 4002)
})

test('a binary frame closes with 1003', () => {
  const { connection, session } = scene(plain)
  session.receive(Buffer.from('{"e":1,"d":{}}'), true)
  assert.equal(connection.closedWith?.code, 1003)
})

const endings: [unknown, number, RegExp][] = [
  [new Problem('going_down'), 1012, /going down/],
  [new Problem('store_failed'), 1013, /Try again/],
  [new Problem('unknown_room'), 4404, /no such room/],
  [new Problem('banned'), 4403, /banned/],
  [new Problem('not_a_member'), 4401, /join it first/],
  [new Error('secret detail'), 1011, /has been logged/],
]

test('what keeps somebody out closes the connection with its code and reason', async () => {
  for (const [problem, code, reason] of endings) {
    const { connection, fail } = scene(plain)
    await fail(problem)
    assert.equal(connection.closedWith?.code, code)
    assert.match(connection.closedWith?.reason ?? '', reason)
  }
})

const refusals: [Problem, number, RegExp][] = [
  [new Problem('rate_limited', 'Too many frames.', 3), 4429, /Connect again in 3 s/],
  [new Problem('slow_consumer'), 4420, /slowly/],
  [new Problem('payload_too_large'), 1009, /larger/],
  [new Problem('token_expired'), 4401, /expired/],
  [new Problem('going_down'), 1012, /going down/],
  [new Problem('banned', 'You are banned: spam.'), 4001, /spam/],
  [new Problem('internal'), 1011, /mistake/],
]

test('what the transport has against a connection closes it with its code and reason', () => {
  for (const [problem, code, reason] of refusals) {
    const { connection, session } = scene(plain)
    session.refuse(problem, false)
    assert.equal(connection.open, true)
    session.refuse(problem, true)
    assert.equal(connection.closedWith?.code, code)
    assert.match(connection.closedWith?.reason ?? '', reason)
  }
})

test('the ends of a stay have their codes', () => {
  for (const [ending, code] of [
    ['kicked', 4001],
    ['banned', 4001],
    ['closed', 4010],
  ] as const) {
    const { connection, request } = scene(plain)
    request.ended(ending)
    assert.equal(connection.closedWith?.code, code)
  }
})

test('a connection that went while it was being let in leaves the room again', async () => {
  const { connection, session, settle, left } = scene(plain)
  connection.open = false
  session.closed()
  await settle()
  assert.equal(left(), 1)
})

test('a connection that goes leaves the room', async () => {
  const { connection, session, settle, found, left } = scene(plain)
  await settle()
  await found(ada)
  connection.open = false
  session.closed()
  assert.equal(left(), 1)
})

test('who becomes an admin hears as one, and who ceases to be one no longer does', async () => {
  const { request, speeches, spoken, settle, found } = scene(plain)
  assert.equal(request.speech, speeches.for(false, false))
  await settle()
  await found(ada)
  request.changed?.({ admin: true })
  assert.equal(spoken.at(-1), speeches.for(true, false))
  request.changed?.({ color: '#000000' })
  request.changed?.({ admin: false })
  assert.equal(spoken.at(-1), speeches.for(false, false))
})

test('a change between the handshake and the attendance is found by the second look', async () => {
  const { speeches, spoken, settle, found } = scene({ ...plain, admin: true })
  await settle()
  await found(ada)
  assert.equal(spoken.at(-1), speeches.for(false, false))
})

test('a change that is heard counts more than a second look that began before it', async () => {
  const { request, speeches, spoken, settle, found } = scene({ ...plain, admin: true })
  request.changed?.({ admin: false })
  await settle()
  assert.equal(spoken.at(-1), speeches.for(false, false))
  await found({ ...ada, admin: true })
  assert.equal(spoken.at(-1), speeches.for(false, false))
})

test('an admin of the gateway stays one in every room', async () => {
  const visit = { ...plain, admin: true, actor: { ...plain.actor, admin: true } }
  const { request, speeches, spoken, settle, found } = scene(visit)
  await settle()
  await found(ada)
  request.changed?.({ admin: false })
  assert.equal(spoken.at(-1), speeches.for(true, false))
})
