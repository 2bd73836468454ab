import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { connectChannels, http, startTestGateway, tokenFor } from '../harness.ts'
import { CommsClient } from '../support/comms-client.ts'
import { MessengerClient } from '../support/messenger-client.ts'
import { TestRoom } from '../support/test-room.ts'
import { type Actor, edit, mark, newest, remove, type, write } from './acts.ts'
import { matrix, matrixPage, type Speaker, speakers } from './matrix.ts'
import { assertFrame, connect, heardBy, lastWords, type Observer, stand } from './observers.ts'
import * as words from './words.ts'

const gateway = await startTestGateway({ rooms: { messagesPerSecond: 0, joinsPerSecond: 0 } })
after(() => gateway.dispose())

/** Rows whose frames a test below has compared. */
const shown = new Set<string>()
after(() => {
  const missing = matrix.map(({ event }) => event).filter((event) => !shown.has(event))
  assert.deepEqual(missing, [], 'every row of the matrix is tested')
})

let scenes = 0

/** A room in which a client of each protocol stands, and someone who acts. */
async function scene() {
  const n = scenes++
  const room = await TestRoom.make(gateway, {}, tokenFor(`boss${n}`, { name: `boss${n}` }))
  const user = `actor${n}`
  await room.join(user, {}, { bearer: tokenFor(user, { name: user }) })
  const actor: Actor = {
    user,
    room,
    comms: await connect(room, 'comms', user, { userId: user, participantId: '' }),
    messenger: new MessengerClient(
      await connect(room, 'messenger', user, { userId: user, participantId: '' }),
    ),
  }
  const observers: Observer[] = []
  for (const speaker of speakers) observers.push(await stand(room, speaker, `${speaker}${n}`))
  await heardBy(observers, room)
  return { room, actor, observers }
}

/** What was heard must be exactly what the matrix and the words say: a frame for who has a word, nothing for who has none. */
function compare(
  event: string,
  heard: Map<Speaker, unknown[]>,
  expected: Partial<Record<Speaker, unknown>>,
): void {
  const row = matrix.find((row) => row.event === event)
  assert.ok(row, event)
  shown.add(event)
  for (const speaker of speakers) {
    const frames = heard.get(speaker) ?? []
    const word: unknown[] = row.heard[speaker] === null ? [] : [expected[speaker]]
    assert.equal(frames.length, word.length, `${event}, ${speaker}: ${JSON.stringify(frames)}`)
    if (word.length > 0) assertFrame(frames[0], word[0], `${event}, ${speaker}`)
  }
}

function hearersOf(event: string): Speaker[] {
  const row = matrix.find((row) => row.event === event)
  return speakers.filter((speaker) => row?.heard[speaker] !== null)
}

const doers = <Input>(doing: Partial<Record<Speaker, Input>>) => Object.keys(doing) as Speaker[]

test('the page is generated from the matrix', () => {
  const page = readFileSync(new URL('../../../../docs/protocols/matrix.md', import.meta.url), 'utf8')
  assert.equal(page, matrixPage(), 'run `npm run docs`')
})

for (const speaker of doers(write)) {
  test(`a message written through ${speaker}`, async () => {
    const { room, actor, observers } = await scene()
    await write[speaker]?.(actor, 'hello, all')
    const heard = await heardBy(observers, room)
    const written = { room: room.id, author: actor.user, admin: false, content: 'hello, all' }
    const event = speaker === 'channels' ? 'data emitted, a message' : 'message created'
    const verbatim = speaker === 'channels' ? { content: 'hello, all' } : undefined
    compare(event, heard, words.created(written, verbatim))
  })
}

for (const speaker of doers(edit)) {
  test(`a message edited through ${speaker}`, async () => {
    const { room, actor, observers } = await scene()
    await write.rooms?.(actor, 'tpyo')
    const heardBefore = await heardBy(observers, room)
    assert.equal(heardBefore.get('channels')?.length, 1)
    await write.rooms?.(actor, 'tpyo again')
    for (const { socket } of observers) await socket.nextText()
    await edit[speaker]?.(actor, 'typo')
    const written = { room: room.id, author: actor.user, admin: false, content: 'typo' }
    compare('message edited', await heardBy(observers, room), words.edited(written))
  })
}

for (const speaker of doers(remove)) {
  test(`a message deleted through ${speaker}`, async () => {
    const { room, actor, observers } = await scene()
    await write.rooms?.(actor, 'oops')
    for (const { socket } of observers) await socket.nextText()
    await remove[speaker]?.(actor)
    compare('message deleted', await heardBy(observers, room), words.deleted(room.id))
  })
}

for (const [event, kind] of [
  ['delivered', 'dlvrd'],
  ['read', 'read'],
] as const) {
  test(`a message marked as ${event}: its author hears of it`, async () => {
    const { room, actor, observers } = await scene()
    const author = observers.find(({ speaker }) => speaker === 'messenger')
    assert.ok(author)
    const writing = new MessengerClient(author.socket)
    await writing.get('new', { chatId: room.id, message: 'for you' })
    const { number } = await newest(actor)
    for (const { speaker, socket } of observers) if (speaker !== 'messenger') await socket.nextText()
    await mark.messenger?.(actor, { mark: kind, number })
    compare(event, await heardBy(observers, room), words.marked(room.id, kind, number))
  })
}

for (const speaker of doers(type)) {
  test(`typing through ${speaker}`, async () => {
    const { room, actor, observers } = await scene()
    await type[speaker]?.(actor)
    compare('typing', await heardBy(observers, room), words.typing(room.id, actor.user))
  })
}

for (const speaker of speakers) {
  test(`someone connects and leaves through ${speaker}`, async () => {
    const { room, observers } = await scene()
    const user = `${speaker}-guest${scenes}`
    const somebody = await room.join(user, {}, { bearer: tokenFor(user, { name: user }) })
    const socket = await connect(room, speaker, user, somebody)
    const expecting = speaker === 'messenger' ? (['messenger'] as const) : hearersOf('someone connects')
    const arrival = await heardBy(observers, room, expecting)
    if (speaker === 'messenger') {
      // A messenger user is online for those who share a chat; nobody connects to the room itself.
      assertFrame(arrival.get('messenger')?.[0], words.joined(user, {}).messenger)
      assert.deepEqual([arrival.get('rooms'), arrival.get('comms'), arrival.get('channels')], [[], [], []])
    } else {
      const data = speaker === 'comms' ? { username: user } : {}
      compare('someone connects', arrival, words.joined(user, data))
    }
    await socket.close()
    const departure = await heardBy(observers, room, expecting)
    if (speaker === 'messenger') assertFrame(departure.get('messenger')?.[0], words.left(user).messenger)
    else compare('someone leaves', departure, words.left(user))
  })
}

test('presence data changes', async () => {
  const { room, actor, observers } = await scene()
  const socket = await connectChannels(gateway, room.id, { bearer: tokenFor(actor.user) })
  await socket.next()
  await heardBy(observers, room)
  socket.send({ type: 'PRESENCE', payload: { mood: 'fine' } })
  await socket.until<{ type: string }>(({ type }) => type === 'PRESENCE:UPDATED')
  compare('presence data changes', await heardBy(observers, room), words.presenceUpdated({ mood: 'fine' }))
})

test('room settings change', async () => {
  const { room, observers } = await scene()
  await room.change({ maxParticipants: 50, roomLocked: true })
  const expected = words.roomUpdated({ maxParticipants: 50, roomLocked: true })
  compare('room settings change', await heardBy(observers, room), expected)
})

test('a participant is kicked', async () => {
  const { room, observers } = await scene()
  const victim = await room.join('victim', {}, { bearer: tokenFor(`victim${scenes}`, { name: 'victim' }) })
  const socket = await room.connect(victim)
  await heardBy(observers, room)
  await room.kick(victim)
  await socket.closed
  const heard = await heardBy(observers, room)
  const offline = heard
    .get('messenger')
    ?.filter((frame) => (frame as { eventType: string }).eventType !== 'offline')
  heard.set('messenger', offline ?? [])
  const { comms, ...expected } = words.kicked(victim.userId)
  const named = { ...(comms as { cnf: { user: object } }) }
  const user = { ...named.cnf.user, name: 'victim' }
  compare('participant kicked', heard, { ...expected, comms: { ...named, cnf: { user } } })
})

test('a participant is changed', async () => {
  const { room, actor, observers } = await scene()
  await room.changeParticipant({ userId: actor.user, participantId: '' }, { color: '#123456', admin: true })
  const expected = words.participantChanged(actor.user, { color: '#123456', admin: true })
  compare('participant changed', await heardBy(observers, room), expected)
})

test('data that is no message', async () => {
  const { room, actor, observers } = await scene()
  const json = { temperature: 21.5, content: 7 }
  const bearer = tokenFor(actor.user)
  assert.equal((await http(gateway, 'POST', `/${room.id}/emit`, { bearer, json })).status, 200)
  compare('data emitted, no message', await heardBy(observers, room), words.emitted(json))
})

test('the room is closed', async () => {
  const { room, observers } = await scene()
  assert.equal((await room.ask(room.admin, 'DELETE')).status, 204)
  shown.add('room closed')
  for (const observer of observers) await roomClosed[observer.speaker](observer)
})

const roomClosed: Record<Speaker, (observer: Observer) => Promise<void>> = {
  async rooms(observer) {
    const { frames, closing } = await lastWords(observer)
    assert.deepEqual(frames, [{ e: 7, d: {} }])
    assert.equal(closing.code, 4010)
  },
  async comms({ socket }) {
    assert.equal((await socket.next<{ t: string }>()).t, 'SERVER_MESSAGE')
    const { t, cnf } = await socket.next<{ t: string; cnf: { channel: { id: string } } }>()
    assert.deepEqual([t, cnf.channel.id], ['CHANNEL_MOVE', 'lobby'])
  },
  async channels(observer) {
    const { frames } = await lastWords(observer)
    const [frame] = frames as { type: string; payload: { code: string } }[]
    assert.deepEqual([frames.length, frame?.type, frame?.payload.code], [1, 'ERROR', 'ROOM_CLOSED'])
  },
  async messenger({ socket }) {
    const client = new MessengerClient(socket)
    const kinds = (await client.eventsSoFar()).map(({ eventType }) => eventType)
    assert.deepEqual(
      kinds.filter((kind) => kind !== 'offline' && kind !== 'online'),
      [],
    )
  },
}

test('the gateway goes down', async () => {
  const passing = await startTestGateway()
  const room = await TestRoom.make(passing, {}, tokenFor('boss', { name: 'boss' }))
  const observers: Observer[] = []
  for (const speaker of speakers) observers.push(await stand(room, speaker, speaker))
  await heardBy(observers, room)
  const stopped = passing.dispose()
  shown.add('the gateway goes down')
  for (const observer of observers) {
    const { frames, closing } = await lastWords(observer)
    const kinds = frames.map((frame) => kindOf(frame)).filter((kind) => ownGoodbye.has(kind))
    assert.deepEqual([kinds, closing.code], goodbyes[observer.speaker], observer.speaker)
  }
  await stopped
})

const goodbyes: Record<Speaker, [string[], number]> = {
  rooms: [[], 1012],
  comms: [['GATEWAY_DOWN', 'error 4003'], 4003],
  channels: [['ERROR GATEWAY_DOWN'], 1012],
  messenger: [[], 1012],
}

/** The others leave one after another meanwhile; only what a client is told of the stop itself counts. */
const ownGoodbye = new Set(['GATEWAY_DOWN', 'error 4003', 'ERROR GATEWAY_DOWN'])

function kindOf(frame: unknown): string {
  const { t, f, cnf, type, payload } = frame as {
    t?: string
    f?: number
    cnf?: { c?: number }
    type?: string
    payload?: { code?: string }
  }
  if (f === 150) return `error ${cnf?.c}`
  if (type === 'ERROR') return `ERROR ${payload?.code}`
  return t ?? type ?? ''
}

test('a user with clients of two protocols joins once and leaves once', async () => {
  const { room, observers } = await scene()
  const user = `both${scenes}`
  const somebody = await room.join(user, {}, { bearer: tokenFor(user, { name: user }) })
  const first = await room.connect(somebody)
  const second = await connectChannels(gateway, room.id, { bearer: tokenFor(user) })
  await second.next()
  const hearers = hearersOf('someone connects')
  compare('someone connects', await heardBy(observers, room, hearers), words.joined(user, {}))
  await first.close()
  assert.deepEqual([...(await heardBy(observers, room)).values()].flat(), [])
  await second.close()
  compare('someone leaves', await heardBy(observers, room, hearers), words.left(user))
})

test('people of no protocol in common see each other in the list of who is there', async () => {
  const { room, actor } = await scene()
  const cora = await CommsClient.join(gateway, actor.user, { name: actor.user })
  cora.execute('CHANNEL_MOVE', { channel: room.id })
  const { cnf } = await cora.socket.until<{ t: string; cnf: { users: { id: string }[] } }>(
    ({ t }) => t === 'CHANNEL_MOVE',
  )
  const n = scenes - 1
  assert.deepEqual(
    new Set(cnf.users.map(({ id }) => id)),
    new Set([`rooms${n}`, `comms${n}`, `channels${n}`]),
  )
  await cora.socket.close()
})
