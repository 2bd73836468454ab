import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import {
  act,
  commitAll,
  create,
  data,
  ensure,
  join,
  message,
  noon,
  refused,
  roomWithMessages,
} from '../../../test/contracts/engine/acts.ts'
import {
  type EmbeddedUnderTest,
  openEngineAt,
  openTestEngine,
} from '../../../test/support/embedded-engine.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { StoreProcess } from '../../../test/support/store-process.ts'
import type { Position } from '../../model/position.ts'
import type { Engine } from '../../ports/engine.ts'
import { openDatabase } from './database.ts'

/** A test of a store that is closed at first; what is opened in between is the test's to close. */
function testStore(says: string, check: (path: string, under: EmbeddedUnderTest) => Promise<void>): void {
  test(says, async () => {
    const under = await openTestEngine()
    await under.engine.close()
    try {
      await check(under.path, under)
    } finally {
      await under.dispose()
    }
  })
}

async function withEngine<Result>(path: string, use: (engine: Engine) => Promise<Result>): Promise<Result> {
  const engine = await openEngineAt(path)
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}

testStore('a store that a newer version wrote is refused, and left as it is', async (path) => {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA user_version = 99')
  db.close()
  const { message: sentence } = await refused(openEngineAt(path), 'store_failed')
  assert.match(sentence, /newer version/)
  assert(sentence.includes(path) && sentence.includes('99'), sentence)
  const after = new DatabaseSync(path)
  assert.equal(after.prepare('PRAGMA user_version').get()?.user_version, 99)
  after.close()
})

testStore('a file that is no store is refused with its name', async (path) => {
  writeFileSync(path, 'this is a letter to my grandmother, and not a database at all '.repeat(20))
  const { message: sentence } = await refused(openEngineAt(path), 'store_failed')
  assert(sentence.includes(path), sentence)
})

testStore('a folder that is not there is refused with a sentence', async (path) => {
  const { message: sentence } = await refused(openEngineAt(`${path}/no/such.db`), 'store_failed')
  assert(sentence.includes(`${path}/no/such.db`), sentence)
})

testStore('what is used up leaves the file: keys and sessions', async (path) => {
  const clock = new ManualClock(noon)
  const engine = await openEngineAt(path, clock)
  await engine.commit(act(ensure()))
  for (const id of ['used up', 'good']) {
    await engine.commit(act(message('x'), { key: id }))
    await engine.sessions.open({ id, dialect: 'd', room: 'r', userId: null, data: '' }, 'hash', 'owner')
    await engine.sessions.release(id, 'owner', 300_000)
    clock.advance(1)
  }
  clock.advance(299_998)
  const forEver = { events: 0, age: 0 }
  await engine.upkeep.trim(clock.now(), { public: forEver, members: forEver })
  await engine.close()
  const db = new DatabaseSync(path)
  assert.deepEqual(
    [...db.prepare('SELECT key FROM keys UNION ALL SELECT id FROM sessions').iterate()],
    [{ key: 'good' }, { key: 'good' }].map((row) => Object.assign(Object.create(null), row)),
  )
  db.close()
})

testStore('commits are synchronised at every opening, whatever another driver chose', async (path) => {
  const other = new DatabaseSync(path)
  other.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = DELETE')
  other.close()
  for (let opening = 0; opening < 2; opening++) {
    const db = openDatabase(path)
    assert.equal(db.prepare('PRAGMA synchronous').get()?.synchronous, 2)
    assert.equal(db.prepare('PRAGMA journal_mode').get()?.journal_mode, 'wal')
    db.close()
  }
})

testStore('the files are for their owner alone', async (path) => {
  rmSync(path)
  await withEngine(path, async (engine) => {
    await engine.commit(act(ensure()))
    for (const file of [path, `${path}-wal`]) assert.equal(statSync(file).mode & 0o777, 0o600, file)
  })
})

testStore('closing leaves one file, with everything in it', async (path) => {
  await withEngine(path, (engine) => roomWithMessages(engine, 3))
  assert.throws(() => statSync(`${path}-wal`), { code: 'ENOENT' })
  const copy = `${path}.copy`
  copyFileSync(path, copy)
  await withEngine(copy, async (engine) =>
    assert.equal((await engine.messages.page('general', null, 9)).length, 3),
  )
})

testStore(
  'a store is had by one: another engine and another process are refused with its name',
  async (path) => {
    const held = await StoreProcess.open(path)
    const { message: sentence } = await refused(openEngineAt(path), 'store_failed')
    assert.match(sentence, /in use by another process/)
    assert(sentence.includes(path), sentence)
    await held.kill()
    await withEngine(path, async () => {
      await refused(openEngineAt(path), 'store_failed')
    })
    await withEngine(path, async (engine) => assert.equal(await engine.rooms.count(), 1))
  },
)

testStore('what was acknowledged survives kill -9', async (path) => {
  const acknowledged: { id: string; seq: number }[] = []
  for (let round = 1; round <= 5; round++) {
    const writing = await StoreProcess.open(path)
    await writing.killAfter(round * 37)
    acknowledged.push(...writing.acknowledged)
    await withEngine(path, async (engine) => {
      const head = (await engine.log.head('general'))!
      const replay = await engine.log.since('general', { ...head, seq: 0 }, 1_000_000)
      assert.deepEqual(
        replay?.events.map(({ seq }) => seq),
        Array.from({ length: head.seq }, (_, i) => i + 1),
      )
      for (const { id, seq } of acknowledged) assert.equal(replay?.events[seq - 1]?.id, id)
    })
  }
})

async function replayed(engine: Engine, position: Position): Promise<number[] | null> {
  const replay = await engine.log.since('general', position, 1000)
  return replay?.events.map(({ seq }) => seq) ?? null
}

testStore('positions given after a copy was made are gaps once the copy is restored', async (path) => {
  const copy = `${path}.copy`
  const before = await withEngine(path, async (engine) => {
    await roomWithMessages(engine, 3)
    return (await engine.log.head('general'))!
  })
  copyFileSync(path, copy)
  const lost = await withEngine(path, async (engine) => {
    await commitAll(engine, [act(message('4')), act(message('5'))])
    return (await engine.log.head('general'))!
  })
  copyFileSync(copy, path)
  await withEngine(path, async (engine) => {
    assert.deepEqual(await replayed(engine, before), [])
    for (const seq of [0, 3, 5]) assert.equal(await replayed(engine, { ...lost, seq }), null, String(seq))
    await commitAll(
      engine,
      ['a', 'b', 'c', 'd'].map((content) => act(message(content))),
    )
    for (const seq of [0, 3, 5]) assert.equal(await replayed(engine, { ...lost, seq }), null, String(seq))
    assert.deepEqual(await replayed(engine, before), [4, 5, 6, 7])
  })
})

testStore('so are they when the copy was made of a store in use', async (path) => {
  const copy = `${path}.copy`
  const writing = await StoreProcess.open(path)
  const kept = await writing.write(3)
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix)
  const lost = await writing.write(2)
  await writing.kill()
  await withEngine(copy, async (engine) => {
    assert.deepEqual(await replayed(engine, kept), [])
    assert.equal(await replayed(engine, lost), null, 'it is from the future')
    await commitAll(
      engine,
      ['a', 'b', 'c', 'd'].map((content) => act(message(content))),
    )
    assert.equal(await replayed(engine, lost), null, 'event 5 is another one now')
    assert.equal(await replayed(engine, { ...lost, seq: 4 }), null)
    assert.deepEqual(await replayed(engine, kept), [4, 5, 6, 7])
  })
})

const beforeMessagesOfDeliveries =
  'DROP INDEX deliveries_by_message; ALTER TABLE deliveries DROP COLUMN message_id; PRAGMA user_version = 4'

testStore(
  'a store from before last messages had a place of their own is brought up to date',
  async (path) => {
    await withEngine(path, async (engine) => {
      await roomWithMessages(engine, 3)
      await engine.commit(act(join('bob')))
      await engine.commit(act(data('1')))
    })
    const db = new DatabaseSync(path)
    db.exec(
      `${beforeMessagesOfDeliveries};
       ALTER TABLE rooms DROP COLUMN head_message_seq; ALTER TABLE inbox_items DROP COLUMN run; PRAGMA user_version = 3`,
    )
    db.close()
    await withEngine(path, async (engine) => {
      const [membership] = await engine.memberships.page('bob', null, 10)
      assert.equal(membership?.lastMessage?.number, 3)
    })
  },
)

testStore('of a deleted message the file has nothing, wherever it was written', async (path) => {
  const text = 'what nobody shall read'
  const isInFile = () => readFileSync(path).includes(text)
  await withEngine(path, async (engine) => {
    await engine.inboxes.open('bob')
    await commitAll(engine, [
      act(create({ discordWebhookLink: 'https://a' })),
      act(join('bob')),
      act(
        { kind: 'message.create', content: text, payload: JSON.stringify({ content: text }) },
        { key: 'k' },
      ),
      act({ kind: 'message.edit', number: 1, content: `${text}, edited` }, { key: 'l' }),
    ])
    await engine.outbox.bury((await engine.outbox.due(noon, 1))[0]!.id, 'gone')
  })
  assert.equal(isInFile(), true)
  await withEngine(path, (engine) => engine.commit(act({ kind: 'message.delete', number: 1 }, { key: 'm' })))
  assert.equal(isInFile(), false)
})

testStore(
  'keys of a store from before lose what messages said when it is brought up to date',
  async (path) => {
    const all = (engine: Engine) =>
      commitAll(engine, [act(message('once said'), { key: 'k' }), act(data('1'), { key: 'l' })])
    const first = await withEngine(path, async (engine) => {
      await engine.commit(act(ensure()))
      return all(engine)
    })
    const db = new DatabaseSync(path)
    db.exec(beforeMessagesOfDeliveries)
    const keep = db.prepare('UPDATE keys SET outcome = ? WHERE key = ?')
    for (const [index, key] of ['k', 'l'].entries()) keep.run(JSON.stringify(first[index]), key)
    db.close()
    const repeated = await withEngine(path, all)
    assert.deepEqual(
      repeated,
      first.map((outcome) => ({ ...outcome, repeated: true })),
    )
    const after = new DatabaseSync(path)
    const { count } = after
      .prepare("SELECT count(*) AS count FROM keys WHERE outcome LIKE '%once said%'")
      .get()!
    after.close()
    assert.equal(count, 0)
  },
)
