import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  connectChannels,
  http,
  type SocketClient,
  spawnGateway,
  startTestGateway,
  type Target,
  tokenFor,
} from '../../../test/harness.ts'
import { largeText, smallReplay } from '../../../test/support/small-replay.ts'
import { type Somebody, TestRoom } from '../../../test/support/test-room.ts'

const gateway = await startTestGateway({ rooms: { messagesPerSecond: 0 }, sessions: { replayLimit: 50 } })
after(() => gateway.dispose())

interface Hello {
  readonly e: 0
  readonly d: { heartbeatInterval: number; epoch: string; s: number; recovered: boolean }
}

interface Packet {
  readonly e: number
  readonly d: { content?: string }
  readonly s?: number
}

/** Where a client stands. */
interface Cursor {
  epoch: string
  s: number
}

async function begin(room: TestRoom, who: Somebody, from?: Cursor) {
  const client = await (from === undefined
    ? room.open(who, { resume: '1' })
    : room.open(who, { since: String(from.s), epoch: from.epoch }))
  return { client, hello: await client.next<Hello>() }
}

const positionOf = ({ d: { epoch, s } }: Hello): Cursor => ({ epoch, s })

async function contents(client: SocketClient, count: number): Promise<(string | undefined)[]> {
  const heard: (string | undefined)[] = []
  for (let i = 0; i < count; i++) heard.push((await client.next<Packet>()).d.content)
  return heard
}

test('with resume=1, hello says where the log stands and packets carry their position', async () => {
  const room = await TestRoom.make(gateway)
  await room.post(room.admin, 'before')
  const { client, hello } = await begin(room, room.admin)
  assert.deepEqual(hello, {
    e: 0,
    d: { heartbeatInterval: 45_000, epoch: hello.d.epoch, s: 1, recovered: false },
  })
  assert.ok(hello.d.epoch.length > 0)
  const { sentAt } = await room.post(room.admin, 'now')
  assert.equal(
    await client.nextText(),
    `{"e":3,"d":{"authorId":"${room.admin.userId}","content":"now","sentAt":${sentAt}},"s":2}`,
  )
  client.send({ e: 2, d: {} })
  assert.equal(await client.nextText(), '{"e":1,"d":{}}')
})

test('with a position, everything missed follows hello once and in order, then what is new', async () => {
  const room = await TestRoom.make(gateway)
  const ada = await room.join('Ada')
  const { client, hello } = await begin(room, ada)
  await client.terminate()
  await room.post(room.admin, 'one')
  await room.change({ chatLocked: true })
  await room.changeParticipant(ada, { color: '#123456' })
  await room.post(room.admin, 'two')
  const resumed = await begin(room, ada, positionOf(hello))
  assert.equal(resumed.hello.d.recovered, true)
  assert.equal(resumed.hello.d.s, 4)
  await room.post(room.admin, 'three')
  const packets: Packet[] = []
  for (let i = 0; i < 5; i++) packets.push(await resumed.client.next())
  assert.deepEqual(
    packets.map(({ e, d, s }) => [s, e, d.content]),
    [
      [1, 3, 'one'],
      [2, 4, undefined],
      [3, 6, undefined],
      [4, 3, 'two'],
      [5, 3, 'three'],
    ],
  )
})

test('nothing missed is nothing replayed', async () => {
  const room = await TestRoom.make(gateway)
  await room.post(room.admin, 'one')
  const { client, hello } = await begin(room, room.admin)
  await client.terminate()
  const resumed = await begin(room, room.admin, positionOf(hello))
  assert.equal(resumed.hello.d.recovered, true)
  await room.post(room.admin, 'two')
  assert.equal((await resumed.client.next<Packet>()).s, 2)
})

test('a position that cannot be gone on from is answered with recovered: false and where the log stands', async () => {
  const room = await TestRoom.make(gateway)
  const other = await TestRoom.make(gateway)
  const { hello } = await begin(room, room.admin)
  for (let i = 0; i < 51; i++) await room.post(room.admin, `${i}`)
  const { epoch } = positionOf(hello)
  const foreign = positionOf((await begin(other, other.admin)).hello)
  const hopeless: Cursor[] = [
    { epoch, s: 0 },
    { epoch, s: 52 },
    { epoch, s: Number.MAX_SAFE_INTEGER },
    { epoch: foreign.epoch, s: 51 },
    { epoch: 'made up', s: 51 },
    { epoch: '__proto__', s: 51 },
  ]
  for (const cursor of hopeless) {
    const resumed = await begin(room, room.admin, cursor)
    assert.deepEqual(
      { ...resumed.hello.d, epoch: '' },
      { heartbeatInterval: 45_000, epoch: '', s: 51, recovered: false },
    )
    await resumed.client.close()
  }
  const resumed = await begin(room, room.admin, { epoch, s: 1 })
  assert.equal(resumed.hello.d.recovered, true)
  assert.equal((await contents(resumed.client, 50)).length, 50)
})

test('more than may be told at once is answered so too, and nobody who reads is closed for it', async () => {
  const own = await startTestGateway(smallReplay)
  try {
    const room = await TestRoom.make(own)
    const start = positionOf((await begin(room, room.admin)).hello)
    for (let i = 0; i < 40; i++) await room.post(room.admin, largeText)
    const none = await begin(room, room.admin, start)
    assert.deepEqual([none.hello.d.recovered, none.hello.d.s], [false, 40])
    for (let i = 0; i < 5; i++) await room.post(room.admin, largeText)
    assert.equal((await contents(none.client, 5)).length, 5)
    const all = await begin(room, room.admin, positionOf(none.hello))
    assert.equal(all.hello.d.recovered, true)
    await room.post(room.admin, 'live')
    assert.equal((await contents(all.client, 6)).at(-1), 'live')
  } finally {
    await own.dispose()
  }
})

test('what came before one joined, or joined again after a kick, is not replayed', async () => {
  const room = await TestRoom.make(gateway)
  const start = positionOf((await begin(room, room.admin)).hello)
  await room.post(room.admin, 'before')
  const ada = await room.join('Ada')
  const early = await begin(room, ada, start)
  assert.equal(early.hello.d.recovered, false)
  const joined = positionOf(early.hello)
  await room.kick(ada)
  await room.post(room.admin, 'while away')
  const again = await room.join('Ada')
  assert.equal((await begin(room, again, joined)).hello.d.recovered, false)
})

test('a ban or a kick in between leaves nothing to resume', async () => {
  const room = await TestRoom.make(gateway)
  const [ada, bob] = [await room.join('Ada'), await room.join('Bob')]
  const { epoch, s } = positionOf((await begin(room, ada)).hello)
  await room.changeParticipant(ada, { banned: true })
  await room.kick(bob)
  await room.post(room.admin, 'secret')
  const query = { since: String(s), epoch }
  for (const [who, code] of [
    [ada, 4403],
    [bob, 4401],
  ] as const) {
    const client = await room.open(who, query)
    assert.equal((await client.closed).code, code)
    assert.equal(client.pending, 0)
  }
})

test('who is sent away is told so without a position, and going on from the one before is a gap', async () => {
  const admin = { userId: 'root', participantId: tokenFor('root', { admin: true }) }
  const ada = { userId: 'ada', participantId: tokenFor('ada') }
  for (const name of ['kicking', 'banning']) {
    await (await connectChannels(gateway, name)).next()
    const room = new TestRoom(gateway, name, admin)
    const [watcher, { client, hello }] = [await begin(room, admin), await begin(room, ada)]
    if (name === 'kicking') await room.kick(ada)
    else await room.changeParticipant(ada, { banned: true })
    const { s, ...told } = await watcher.client.next<Packet>()
    assert.equal(s, 1)
    assert.deepEqual(await client.next(), told)
    await room.post(admin, 'hidden')
    if (name === 'banning') await room.changeParticipant(ada, { banned: false })
    const again = await begin(room, ada, positionOf(hello))
    assert.equal(again.hello.d.recovered, false)
    await room.post(admin, 'open')
    assert.deepEqual(await contents(again.client, 1), ['open'])
  }
})

test('a deleted message is not replayed', async () => {
  const room = await TestRoom.make(gateway)
  const start = positionOf((await begin(room, room.admin)).hello)
  const { number } = await room.post(room.admin, 'taken back')
  await room.post(room.admin, 'kept')
  await room.ask(room.admin, 'DELETE', `/messages/${number}`)
  const { client, hello } = await begin(room, room.admin, start)
  assert.equal(hello.d.recovered, true)
  assert.equal(hello.d.s, 3)
  assert.deepEqual(await contents(client, 1), ['kept'])
  await room.post(room.admin, 'new')
  assert.deepEqual(await contents(client, 1), ['new'])
})

test('the webhook is masked in a replay as it was live', async () => {
  const room = await TestRoom.make(gateway)
  const ada = await room.join('Ada')
  const start = positionOf((await begin(room, ada)).hello)
  await room.change({ discordWebhookLink: 'https://discord.com/api/webhooks/1/secret' })
  const links: unknown[] = []
  for (const who of [ada, room.admin]) {
    const { client } = await begin(room, who, start)
    links.push((await client.next<{ d: { discordWebhookLink: string } }>()).d.discordWebhookLink)
  }
  assert.deepEqual(links, [
    'https://discord.com/api/webhooks/1/***',
    'https://discord.com/api/webhooks/1/secret',
  ])
})

test('a public room replays to whoever may enter it', async () => {
  const token = tokenFor('ada')
  const somebody = { userId: 'ada', participantId: token }
  await (await connectChannels(gateway, 'agora')).next()
  const room = new TestRoom(gateway, 'agora', somebody)
  const start = positionOf((await begin(room, somebody)).hello)
  await http(gateway, 'POST', '/agora/emit', { json: { content: 'one' } })
  const { client } = await begin(room, somebody, start)
  assert.deepEqual(await contents(client, 1), ['one'])
})

test('whenever it is cut, a client that resumes hears everything once and in order', async () => {
  const room = await TestRoom.make(gateway)
  const total = 300
  const writing = (async () => {
    for (let i = 1; i <= total; i++) await room.post(room.admin, `${i}`)
  })()
  const heard: string[] = []
  let cursor: Cursor | undefined
  const first = await begin(room, room.admin)
  cursor = positionOf(first.hello)
  const missedAtStart = first.hello.d.s
  let client = first.client
  while (heard.length < total - missedAtStart) {
    for (let i = 0; i < 7 && heard.length < total - missedAtStart; i++) {
      const { d, s } = await client.next<Packet>()
      heard.push(d.content!)
      cursor.s = s!
    }
    await client.terminate()
    const resumed = await begin(room, room.admin, cursor)
    assert.equal(resumed.hello.d.recovered, true)
    cursor.epoch = resumed.hello.d.epoch
    client = resumed.client
  }
  await writing
  assert.deepEqual(
    heard,
    Array.from({ length: total - missedAtStart }, (_, i) => `${i + 1 + missedAtStart}`),
  )
})

/** Hears one message, misses two while the gateway goes and comes, and hears one more. */
async function survives(target: Target, comeBack: () => Promise<void>): Promise<void> {
  const room = await TestRoom.make(target)
  const ada = await room.join('Ada')
  const { client, hello } = await begin(room, ada)
  await room.post(room.admin, 'one')
  assert.deepEqual(await contents(client, 1), ['one'])
  await room.post(room.admin, 'two')
  await room.post(room.admin, 'three')
  await comeBack()
  await client.closed
  const resumed = await begin(room, ada, { epoch: hello.d.epoch, s: 1 })
  assert.equal(resumed.hello.d.recovered, true)
  await room.post(room.admin, 'four')
  assert.deepEqual(await contents(resumed.client, 3), ['two', 'three', 'four'])
  // Positions of before and after the restart are both good.
  const old = await begin(room, ada, { epoch: hello.d.epoch, s: 3 })
  assert.deepEqual(await contents(old.client, 1), ['four'])
  const fresh = await begin(room, ada, { epoch: resumed.hello.d.epoch, s: 4 })
  assert.equal(fresh.hello.d.recovered, true)
}

test('a restart in between loses nothing', async () => {
  const gateway = await startTestGateway()
  try {
    await survives(gateway, () => gateway.restart())
  } finally {
    await gateway.dispose()
  }
})

test('kill -9 in between loses nothing that was acknowledged', async () => {
  const gateway = await spawnGateway()
  try {
    await survives(gateway, () => gateway.crash())
  } finally {
    await gateway.dispose()
  }
})
