import assert from 'node:assert/strict'
import { act, commitAll, data, ensure, eventOf, message, noon, roomWithMessages } from './acts.ts'
import type { EngineTest } from './suite.ts'

export function logContract(test: EngineTest): void {
  test('replay gives everything after a position, whole and in order', async ({ engine }) => {
    const events = await roomWithMessages(engine, 5)
    const head = await engine.log.head('general')
    assert(head)
    assert.equal(head.seq, 5)
    for (let seq = 0; seq <= 5; seq++) {
      const replay = await engine.log.since('general', { ...head, seq }, 100)
      assert.deepEqual(replay, { events: events.slice(seq), position: head })
    }
  })

  test('a replay that would be too long is a gap', async ({ engine }) => {
    await roomWithMessages(engine, 5)
    const start = { ...(await engine.log.head('general'))!, seq: 1 }
    assert.equal((await engine.log.since('general', start, 4))?.events.length, 4)
    assert.equal(await engine.log.since('general', start, 3), null)
  })

  test('so is one that would be too large, of which erased messages are no part', async ({ engine }) => {
    const large = {
      kind: 'message.create',
      content: 'x'.repeat(1000),
      payload: `"${'y'.repeat(1000)}"`,
    } as const
    await commitAll(engine, [act(ensure()), ...Array.from({ length: 4 }, () => act(large))])
    const start = { ...(await engine.log.head('general'))!, seq: 0 }
    const since = async (limit: number, bytes: number) =>
      (await engine.log.since('general', start, limit, bytes))?.events.length
    assert.equal(await since(4, 4 * 3000), 4)
    assert.equal(await since(4, 4 * 2000), undefined)
    assert.equal(await since(3, 4 * 3000), undefined)
    await engine.commit(act({ kind: 'message.delete', number: 1 }))
    await engine.commit(act({ kind: 'message.delete', number: 2 }))
    assert.equal(await since(4, 4 * 2000), 4)
  })

  test('an erased message leaves nothing but its deletion, and replay counts what is left', async ({
    engine,
  }) => {
    await commitAll(
      engine,
      [
        ensure(),
        message('secret'),
        { kind: 'message.edit' as const, number: 1, content: 'still secret' },
        message('open'),
        { kind: 'message.edit' as const, number: 1, content: 'secret again' },
        { kind: 'message.delete' as const, number: 1 },
      ].map((body) => act(body)),
    )
    const head = await engine.log.head('general')
    assert(head)
    assert.equal(head.seq, 5)
    const replay = await engine.log.since('general', { ...head, seq: 0 }, 2)
    assert.deepEqual(
      replay?.events.map(({ seq, body }) => [seq, body.kind]),
      [
        [3, 'message.created'],
        [5, 'message.deleted'],
      ],
    )
    assert(!JSON.stringify(replay).includes('secret'))
    assert.equal((await engine.log.since('general', { ...head, seq: 2 }, 100))?.events.length, 2)
    assert.equal((await engine.log.page('general', null, 100)).length, 2)
  })

  test('events come back as they were told, with targets, wishes and every digit', async ({ engine }) => {
    const heard: unknown[] = []
    engine.listen((event) => heard.push(event))
    await commitAll(engine, [
      act(ensure()),
      act(data('{"big":12345678901234567890,"one":1.0}', ['client_1', 'client_2']), { wantsAck: true }),
      act({ kind: 'message.create', content: 'a\u0000b', payload: '{"content":"a"}' }),
      act(data('"\\ud800"')),
    ])
    const head = await engine.log.head('general')
    const replay = await engine.log.since('general', { ...head!, seq: 0 }, 10)
    assert.deepEqual(replay?.events, heard)
  })

  test('an event is found by its id, wherever it stands, in its own room', async ({ engine }) => {
    const events = await roomWithMessages(engine, 1200)
    await engine.commit(act(ensure(), { room: 'other' }))
    for (const index of [0, 511, 512, 1023, 1024, 1199]) {
      const position = await engine.log.find('general', events[index]!.id)
      assert.equal(position?.seq, index + 1)
      assert.equal(position?.epoch, (await engine.log.head('general'))?.epoch)
    }
    assert.equal(await engine.log.find('general', 'evt_unknown'), null)
    assert.equal(await engine.log.find('other', events[0]!.id), null)
    assert.equal(await engine.log.find('nowhere', events[0]!.id), null)
  })

  test('a page for reading has messages and data for all, newest last', async ({ engine }) => {
    await commitAll(
      engine,
      [
        ensure(),
        message('a'),
        data('1'),
        data('2', ['client_1']),
        { kind: 'participant.kick' as const, userId: 'bob' },
        { kind: 'message.edit' as const, number: 1, content: 'b' },
        data('3'),
      ].map((body) => act(body, { actor: { userId: 'ann', name: 'Ann', admin: true } })),
    )
    const seqs = async (before: number | null, limit: number) =>
      (await engine.log.page('general', before, limit)).map(({ seq }) => seq)
    assert.deepEqual(await seqs(null, 10), [1, 2, 5, 6])
    assert.deepEqual(await seqs(null, 2), [5, 6])
    assert.deepEqual(await seqs(5, 10), [1, 2])
    assert.deepEqual(await seqs(1, 10), [])
    assert.deepEqual(await engine.log.page('nowhere', null, 10), [])
  })

  test('a page of large events has fewer, and the next goes on where it ends', async ({ engine }) => {
    const large = JSON.stringify('x'.repeat(300_000))
    const bodies = [
      ensure(),
      ...Array.from({ length: 7 }, () => data(large)),
      data(JSON.stringify('x'.repeat(2 ** 21))),
    ]
    await commitAll(
      engine,
      bodies.map((body) => act(body)),
    )
    const forwards: number[] = []
    let position = { ...(await engine.log.head('general'))!, seq: 0 }
    while (position.seq < 8) {
      const page = await engine.log.pageAfter('general', position, 5)
      assert(page)
      assert(page.events.length > 0 && page.events.length < 5)
      forwards.push(...page.events.map(({ seq }) => seq))
      position = page.position
    }
    assert.deepEqual(forwards, [1, 2, 3, 4, 5, 6, 7, 8])
    const newest = await engine.log.page('general', null, 5)
    assert.deepEqual(
      newest.map(({ seq }) => seq),
      [8],
    )
    const before = await engine.log.page('general', 8, 5)
    assert.deepEqual(
      before.map(({ seq }) => seq),
      [5, 6, 7],
    )
  })

  test('the whole log can be read page by page, from position to position', async ({ engine }) => {
    const events = await roomWithMessages(engine, 5)
    await engine.commit(act({ kind: 'message.delete', number: 5 }))
    const head = await engine.log.head('general')
    let position = { ...head!, seq: 0 }
    const read: number[][] = []
    while (position.seq < head!.seq) {
      const page = await engine.log.pageAfter('general', position, 2)
      assert(page)
      read.push(page.events.map(({ seq }) => seq))
      position = page.position
    }
    assert.deepEqual(read, [[1, 2], [3, 4], [6]])
    assert.deepEqual((await engine.log.pageAfter('general', position, 2))?.events, [])
    assert.equal(events.length, 5)
    assert.equal(await engine.log.pageAfter('general', { ...position, seq: 7 }, 2), null)
  })

  test('a page ends where the log does, also when the last events are erased', async ({ engine }) => {
    await commitAll(engine, [act(ensure()), act(message('a')), act(data('1')), act(message('b'))])
    await engine.commit(act({ kind: 'message.delete', number: 2 }))
    const head = await engine.log.head('general')
    const page = await engine.log.pageAfter('general', { ...head!, seq: 0 }, 10)
    assert.deepEqual(page?.position, head)
  })

  test('the listener has heard whatever the log answers', async ({ engine }) => {
    let heard = 0
    engine.listen(({ seq }) => {
      heard = seq
    })
    await engine.commit(act(ensure()))
    const commits = Array.from({ length: 200 }, (_, i) =>
      engine.commit(act(message(String(i)), { at: noon + i })),
    )
    for (let i = 0; i < 20; i++) {
      const head = await engine.log.head('general')
      assert(head!.seq <= heard, `the log is at ${head!.seq}, but only ${heard} was heard`)
    }
    const last = eventOf((await Promise.all(commits)).at(-1)!)
    assert.equal(last.seq, 200)
  })
}
