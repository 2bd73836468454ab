import assert from 'node:assert/strict'
import {
  act,
  commitAll,
  create,
  data,
  ensure,
  eventOf,
  message,
  noon,
  refused,
  roomWithMessages,
} from './acts.ts'
import type { EngineTest } from './suite.ts'

export function messagesContract(test: EngineTest): void {
  test('messages are read by number, by id, and by pages from the newest', async ({ engine }) => {
    const bodies = [message('1'), data('1'), message('2'), data('2'), data('3'), message('3')]
    await commitAll(
      engine,
      [ensure(), ...bodies, data('4')].map((body) => act(body)),
    )
    const page = await engine.messages.page('general', null, 10)
    assert.deepEqual(
      page.map(({ content }) => content),
      ['3', '2', '1'],
    )
    for (const one of page) {
      assert.deepEqual(await engine.messages.get('general', one.number), one)
      assert.deepEqual(await engine.messages.byId('general', one.id), one)
    }
    assert.deepEqual(page[2], {
      id: page[2]!.id,
      number: 1,
      authorId: 'ann',
      authorName: 'Ann',
      authorAdmin: false,
      content: '1',
      sentAt: noon,
      editedAt: null,
      deletedAt: null,
    })
    for (const number of [0, -1, 4, 1.5]) assert.equal(await engine.messages.get('general', number), null)
    assert.equal(await engine.messages.get('nowhere', 1), null)
    assert.equal(await engine.messages.byId('general', page[0]!.id + 1), null)
  })

  test('pages reach back to the first message', async ({ engine }) => {
    await roomWithMessages(engine, 5)
    const numbers = async (before: number | null, limit: number) =>
      (await engine.messages.page('general', before, limit)).map(({ number }) => number)
    assert.deepEqual(await numbers(null, 2), [5, 4])
    assert.deepEqual(await numbers(4, 2), [3, 2])
    assert.deepEqual(await numbers(2, 2), [1])
    assert.deepEqual(await numbers(1, 2), [])
    assert.deepEqual(await numbers(100, 2), [5, 4])
    assert.deepEqual(await engine.messages.page('nowhere', null, 2), [])
  })

  test('pages reach over any number of other events, and over what was trimmed to nothing', async ({
    engine,
  }) => {
    const others = (count: number) => Array.from({ length: count }, () => data('1'))
    const told = [message('1'), message('2'), ...others(1200), message('3'), data('1'), message('4')]
    const bodies = [ensure(), data('1'), ...told, ...others(700)]
    await Promise.all(bodies.map((body) => engine.commit(act(body))))
    const numbers = async (before: number | null, limit: number) =>
      (await engine.messages.page('general', before, limit)).map(({ number }) => number)
    assert.deepEqual(await numbers(null, 10), [4, 3, 2, 1])
    assert.deepEqual(await numbers(null, 3), [4, 3, 2])
    assert.deepEqual(await numbers(3, 1), [2])
    assert.deepEqual(await numbers(2, 10), [1])
    assert.deepEqual(await numbers(1, 10), [])
    await engine.upkeep.trim(noon, {
      public: { events: 1400, age: 0 },
      members: { events: 0, age: 0 },
    })
    assert.deepEqual(await numbers(null, 10), [4, 3])
    await engine.upkeep.trim(noon, { public: { events: 600, age: 0 }, members: { events: 0, age: 0 } })
    assert.deepEqual(await numbers(null, 10), [])
  })

  test("another room's message is not found by its id", async ({ engine }) => {
    const [first] = await roomWithMessages(engine, 1)
    assert(first?.body.kind === 'message.created')
    await commitAll(engine, [act(ensure(), { room: 'other' }), act(message('x'), { room: 'other' })])
    assert.equal(await engine.messages.byId('other', first.body.message.id), null)
  })

  test('an edited message reads as edited, and its creation as it was', async (under) => {
    const [created] = await roomWithMessages(under.engine, 2)
    await under.engine.commit(act({ kind: 'message.edit', number: 1, content: 'new' }, { at: noon + 1 }))
    const edited = await under.engine.commit(
      act({ kind: 'message.edit', number: 1, content: 'newer' }, { at: noon + 2 }),
    )
    await under.reopen()
    const now = await under.engine.messages.get('general', 1)
    assert.equal(now?.content, 'newer')
    assert.equal(now?.editedAt, noon + 2)
    assert.deepEqual(eventOf(edited).body, { kind: 'message.edited', message: now })
    assert.deepEqual((await under.engine.messages.page('general', null, 10)).at(-1), now)
    assert.deepEqual((await under.engine.log.page('general', null, 10))[0], created)
  })

  test('a deleted message keeps its place and loses its text', async ({ engine }) => {
    await roomWithMessages(engine, 2)
    await engine.commit(act({ kind: 'message.delete', number: 1 }, { at: noon + 1 }))
    const deleted = await engine.messages.get('general', 1)
    assert.equal(deleted?.content, '')
    assert.equal(deleted?.deletedAt, noon + 1)
    assert.deepEqual(
      (await engine.messages.page('general', null, 10)).map(({ number }) => number),
      [2, 1],
    )
    await refused(engine.commit(act({ kind: 'message.edit', number: 1, content: 'x' })), 'message_deleted')
  })

  test('a message is changed by its author or an admin, in the same turn too', async ({ engine }) => {
    const bob = { userId: 'bob', name: 'Bob', admin: false }
    await engine.commit(act(ensure()))
    const written = engine.commit(act(message('a')))
    const foreign = refused(
      engine.commit(act({ kind: 'message.edit', number: 1, content: 'b' }, { actor: bob })),
      'forbidden',
    )
    const missing = refused(engine.commit(act({ kind: 'message.delete', number: 2 })), 'unknown_message')
    const own = engine.commit(act({ kind: 'message.edit', number: 1, content: 'c' }))
    await Promise.all([written, foreign, missing, own])
    assert.equal((await engine.messages.get('general', 1))?.content, 'c')
  })

  test('attachments stay with their message', async (under) => {
    const attachments = [
      { type: 'file' as const, id: '1', filename: 'a.txt', url: 'https://example.org/a', meta: { size: 3 } },
    ]
    await commitAll(under.engine, [act(create()), act({ kind: 'message.create', content: '', attachments })])
    await under.reopen()
    assert.deepEqual((await under.engine.messages.get('general', 1))?.attachments, attachments)
  })
}
