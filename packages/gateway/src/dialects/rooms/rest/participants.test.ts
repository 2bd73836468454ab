import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { http, startTestGateway, tokenFor } from '../../../../test/harness.ts'
import { ManualClock } from '../../../../test/support/manual-clock.ts'
import { expectRefusal } from '../../../../test/support/refusals.ts'
import { TestRoom } from '../../../../test/support/test-room.ts'

const gateway = await startTestGateway()
after(() => gateway.dispose())

const joining = (room: TestRoom, json: object, bearer?: string) =>
  room.ask(null, 'POST', '/participants', { json, ...(bearer !== undefined && { bearer }) })

test('joining gives a public id and a credential, and nothing else', async () => {
  const room = await TestRoom.make(gateway)
  const { status, body } = await joining(room, { name: ' Ada ', color: '#ABCDEF' })
  assert.equal(status, 201)
  assert.deepEqual(Object.keys(body), ['userId', 'participantId'])
  assert.notEqual(body.userId, body.participantId)
  const { participants } = (await room.ask(body, 'GET')).body
  assert.deepEqual(participants[1], {
    userId: body.userId,
    name: 'Ada',
    color: '#abcdef',
    admin: false,
    banned: false,
  })
  const bob = await room.join('Bob')
  const shown = (await room.ask(bob, 'GET')).body.participants[2]
  assert.match(shown.color, /^#[0-9a-f]{6}$/)
})

test('a locked room, a full room, a taken name and a ban keep one from joining', async () => {
  const room = await TestRoom.make(gateway, { maxParticipants: 3 })
  const ada = await room.join('Ada')
  expectRefusal(await joining(room, { name: ' Ada' }), 409, 'name_taken', /name/)
  await room.join('Bob')
  expectRefusal(await joining(room, { name: 'Carol' }), 403, 'room_full', /as many/)
  await room.changeParticipant(ada, { banned: true })
  await room.join('Carol')
  expectRefusal(await joining(room, { name: 'Ada' }, ada.participantId), 403, 'banned', /banned/)
  await room.change({ roomLocked: true, maxParticipants: 10 })
  expectRefusal(await joining(room, { name: 'Dan' }), 403, 'room_locked', /locked/)
  await room.change({ roomLocked: false })
  await room.join('Dan')
  expectRefusal(
    await http(gateway, 'POST', '/api/rooms/nowhere/participants', { json: { name: 'Ada' } }),
    404,
    'unknown_room',
    /./,
  )
})

test('what is no name or colour is refused, naming the field', async () => {
  const room = await TestRoom.make(gateway)
  const cases: [object, RegExp][] = [
    [{}, /body\.name is missing/],
    [{ name: '' }, /"name" must have 2 to 32/],
    [{ name: ' x ' }, /"name" must have 2 to 32/],
    [{ name: '🎉'.repeat(33) }, /"name" must have 2 to 32/],
    [{ name: 'a\nb' }, /control/],
    [{ name: 'Ada', color: 'red' }, /body\.color/],
    [{ name: 'Ada', color: '#12345' }, /body\.color/],
    [{ name: 'Ada', admin: true }, /body\.admin/],
  ]
  for (const [json, message] of cases)
    expectRefusal(await joining(room, json), 400, 'invalid_request', message)
  await room.join('🎉'.repeat(32))
})

test('the admin password makes an admin, and guessing it is limited', async () => {
  const clock = new ManualClock(Date.now())
  const gateway = await startTestGateway({}, { clock })
  try {
    const room = await TestRoom.make(gateway, { adminPassword: 'open sesame' })
    const ada = await room.join('Ada', { adminPassword: 'open sesame' })
    assert.equal((await room.ask(ada, 'PATCH', '', { json: { chatLocked: true } })).status, 200)
    for (let i = 0; i < 5; i++) {
      expectRefusal(
        await joining(room, { name: 'Eve', adminPassword: `guess ${i}` }),
        403,
        'wrong_password',
        /wrong/,
      )
    }
    const guess = { name: 'Eve', adminPassword: 'open sesame' }
    const refusal = expectRefusal(await joining(room, guess), 429, 'rate_limited', /try again/i)
    assert.equal(refusal.retryAfter, 60)
    await room.join('Bob')
    clock.advance(60_000)
    await room.join('Eve', { adminPassword: 'open sesame' })
  } finally {
    await gateway.dispose()
  }
})

test('a room without an admin password takes none', async () => {
  const room = await TestRoom.make(gateway)
  expectRefusal(await joining(room, { name: 'Eve', adminPassword: 'x' }), 403, 'wrong_password', /./)
})

test('joining with a token, the subject is the user; a second time gives a new credential for the same', async () => {
  const room = await TestRoom.make(gateway)
  const bearer = tokenFor('ada')
  const first = await room.join('Ada', {}, { bearer })
  const second = await room.join('Ada again', {}, { bearer })
  assert.deepEqual([first.userId, second.userId], ['ada', 'ada'])
  expectRefusal(await room.ask(first, 'GET'), 401, 'unknown_participant', /./)
  const { participants } = (await room.ask(second, 'GET')).body
  assert.deepEqual(
    participants.map(({ name }: { name: string }) => name),
    ['admin', 'Ada'],
  )
  expectRefusal(await joining(room, { name: 'Eve' }, 'a.b.c'), 401, 'token_invalid', /./)
  expectRefusal(await joining(room, { name: 'Eve' }, 'nobody'), 401, 'unknown_participant', /./)
})

test("admins change anyone, everyone their own colour, nobody else's", async () => {
  const room = await TestRoom.make(gateway)
  const [ada, bob] = [await room.join('Ada', { color: '#000' }), await room.join('Bob')]
  const path = `/participants/${ada.userId}`
  const changed = await room.ask(ada, 'PATCH', path, { json: { color: '#FFF' } })
  assert.equal(changed.status, 200)
  assert.deepEqual(changed.body, {
    userId: ada.userId,
    name: 'Ada',
    color: '#ffffff',
    admin: false,
    banned: false,
  })
  expectRefusal(await room.ask(bob, 'PATCH', path, { json: { color: '#000' } }), 403, 'forbidden', /admin/)
  expectRefusal(await room.ask(ada, 'PATCH', path, { json: { admin: true } }), 403, 'forbidden', /admin/)
  expectRefusal(await room.ask(ada, 'PATCH', path, { json: { banned: true } }), 403, 'forbidden', /admin/)
  expectRefusal(await room.ask(null, 'PATCH', path, { json: { color: '#000' } }), 401, 'unauthorized', /./)
  const promoted = await room.ask(room.admin, 'PATCH', path, { json: { admin: true, color: '#123456' } })
  assert.deepEqual([promoted.body.admin, promoted.body.color], [true, '#123456'])
  expectRefusal(await room.ask(room.admin, 'PATCH', path, { json: {} }), 400, 'invalid_request', /body/)
  expectRefusal(
    await room.ask(room.admin, 'PATCH', path, { json: { name: 'x' } }),
    400,
    'invalid_request',
    /name/,
  )
  const nobody = { json: { color: '#000' } }
  expectRefusal(await room.ask(room.admin, 'PATCH', '/participants/nobody', nobody), 404, 'unknown_user', /./)
  expectRefusal(
    await room.ask(room.admin, 'PATCH', '/participants/__proto__', nobody),
    404,
    'unknown_user',
    /./,
  )
})

test('a kick kills the credential, and the name is free', async () => {
  const room = await TestRoom.make(gateway)
  const [ada, bob] = [await room.join('Ada'), await room.join('Bob')]
  const path = `/participants/${ada.userId}`
  expectRefusal(await room.ask(bob, 'DELETE', path), 403, 'forbidden', /admin/)
  expectRefusal(await room.ask(null, 'DELETE', path), 401, 'unauthorized', /./)
  assert.equal((await room.ask(room.admin, 'DELETE', path)).status, 204)
  expectRefusal(await room.ask(ada, 'GET'), 401, 'unknown_participant', /./)
  expectRefusal(await room.ask(room.admin, 'DELETE', path), 404, 'unknown_user', /./)
  const again = await room.join('Ada')
  assert.notEqual(again.userId, ada.userId)
})

test('a ban takes every right, and lifting it gives them back', async () => {
  const room = await TestRoom.make(gateway)
  const ada = await room.join('Ada')
  await room.changeParticipant(ada, { banned: true })
  expectRefusal(await room.ask(ada, 'GET'), 403, 'banned', /./)
  expectRefusal(await room.ask(ada, 'GET', '/messages'), 403, 'banned', /./)
  expectRefusal(await room.ask(ada, 'GET', '/events'), 403, 'banned', /./)
  expectRefusal(await room.ask(ada, 'POST', '/messages', { json: { content: 'x' } }), 403, 'banned', /./)
  const own = { json: { color: '#000' } }
  expectRefusal(await room.ask(ada, 'PATCH', `/participants/${ada.userId}`, own), 403, 'banned', /./)
  await room.changeParticipant(ada, { banned: false })
  await room.post(ada, 'back')
})

test('joining and making rooms is limited for an address', async () => {
  const clock = new ManualClock(Date.now())
  const gateway = await startTestGateway({ rooms: { joinsPerSecond: 1, joinBurst: 3 } }, { clock })
  try {
    const room = await TestRoom.make(gateway)
    await room.join('Ada')
    await room.join('Bob')
    const { retryAfter } = expectRefusal(
      await joining(room, { name: 'Carol' }),
      429,
      'rate_limited',
      /try again/,
    )
    assert.equal(retryAfter, 1)
    clock.advance(1000)
    await room.join('Carol')
  } finally {
    await gateway.dispose()
  }
})
