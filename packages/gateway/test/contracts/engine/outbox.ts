import assert from 'node:assert/strict'
import type { Engine } from '../../../src/ports/engine.ts'
import { act, commitAll, create, message, noon } from './acts.ts'
import type { EngineTest } from './suite.ts'

async function webhookRoom(engine: Engine, room: string, discordWebhookLink: string): Promise<void> {
  await engine.commit(act(create({ discordWebhookLink }), { room }))
}

export function outboxContract(test: EngineTest): void {
  test('a message of a room with a webhook waits in the outbox, others do not', async ({ engine }) => {
    await webhookRoom(engine, 'one', 'https://a')
    await engine.commit(act(create(), { room: 'other' }))
    const outcomes = await commitAll(engine, [
      act(message('hello'), { room: 'one' }),
      act(message('x'), { room: 'other' }),
    ])
    assert.deepEqual(
      outcomes.map(({ posted }) => posted),
      [true, undefined],
    )
    const [delivery, ...more] = await engine.outbox.due(noon, 10)
    assert.deepEqual(more, [])
    assert.deepEqual(delivery, {
      id: delivery?.id,
      room: 'one',
      url: 'https://a',
      authorName: 'Name of ann',
      content: 'hello',
      attempts: 0,
      partsSent: 0,
      dueAt: noon,
      deadBecause: null,
    })
  })

  test('of each URL only the first is due, in the order written, whatever becomes of it', async ({
    engine,
  }) => {
    const { outbox } = engine
    await webhookRoom(engine, 'one', 'https://b')
    await webhookRoom(engine, 'other', 'https://a')
    const rooms = ['one', 'one', 'other', 'one', 'other']
    await commitAll(
      engine,
      rooms.map((room, i) => act(message(`${i}`), { room, at: noon + i })),
    )
    const due = async (now: number, limit = 10) =>
      (await outbox.due(now, limit)).map(({ content }) => content)
    const id = async () => (await outbox.due(noon + 1000, 1))[0]!.id

    assert.deepEqual(await due(noon - 1), [])
    assert.deepEqual(await due(noon), ['0'])
    assert.deepEqual(await due(noon + 10), ['0', '2'])
    assert.deepEqual(await due(noon + 10, 1), ['0'])
    assert.equal(await outbox.nextDue(), noon)

    await outbox.postpone(await id(), 3, 1, noon + 500)
    assert.deepEqual(await due(noon + 10), ['2'], 'what comes after it in its webhook waits with it')
    assert.equal(await outbox.nextDue(), noon + 2)
    const [postponed] = await outbox.due(noon + 500, 1)
    assert.deepEqual([postponed?.attempts, postponed?.partsSent, postponed?.dueAt], [3, 1, noon + 500])

    await outbox.done(await id())
    assert.deepEqual(await due(noon + 10), ['1', '2'])
    await outbox.bury(await id(), 'gone')
    assert.deepEqual(await due(noon + 10), ['2', '3'])
    assert.deepEqual(
      (await outbox.dead(10)).map(({ content, deadBecause }) => [content, deadBecause]),
      [['1', 'gone']],
    )

    for (let i = 0; i < 3; i++) await outbox.done(await id())
    assert.deepEqual(await due(noon + 1000), [])
    assert.equal(await outbox.nextDue(), null)
  })

  test('of a deleted message nothing is left, whether it waits or was given up', async ({ engine }) => {
    const { outbox } = engine
    await webhookRoom(engine, 'one', 'https://a')
    await commitAll(
      engine,
      ['given up', 'on its way', 'waits', 'stays'].map((text) => act(message(text), { room: 'one' })),
    )
    await outbox.bury((await outbox.due(noon, 1))[0]!.id, 'gone')
    const [underWay] = await outbox.due(noon, 1)
    for (const number of [1, 2, 3]) {
      await engine.commit(act({ kind: 'message.delete', number }, { room: 'one' }))
    }
    // What became of it is written down when it is known; it must not come back by that.
    await outbox.postpone(underWay!.id, 1, 1, noon)
    await outbox.bury(underWay!.id, 'gone')
    assert.deepEqual(await outbox.dead(10), [])
    assert.deepEqual(
      (await outbox.due(noon, 10)).map(({ content }) => content),
      ['stays'],
    )
  })

  test('what was given up is kept for 30 days, and what waits for as long as it must', async ({ engine }) => {
    const { outbox } = engine
    await webhookRoom(engine, 'one', 'https://a')
    await commitAll(engine, [act(message('dead'), { room: 'one' }), act(message('waits'), { room: 'one' })])
    await outbox.bury((await outbox.due(noon, 1))[0]!.id, 'gone')
    const forEver = { events: 0, age: 0 }
    const contents = async () => (await outbox.dead(10)).map(({ content }) => content)
    const days = 86_400_000
    await engine.upkeep.trim(noon + 30 * days - 1, { public: forEver, members: forEver })
    assert.deepEqual(await contents(), ['dead'])
    await engine.upkeep.trim(noon + 30 * days, { public: forEver, members: forEver })
    assert.deepEqual(await contents(), [])
    assert.equal((await outbox.due(noon, 1))[0]?.content, 'waits')
  })

  test('what waits outlives its room and a restart, and ids keep rising', async (under) => {
    await webhookRoom(under.engine, 'one', 'https://a')
    await commitAll(under.engine, [
      act(message('a'), { room: 'one' }),
      act(message('b'), { room: 'one' }),
      act({ kind: 'room.close', reason: 'done' }, { room: 'one' }),
    ])
    await under.reopen()
    const { engine } = under
    const [a] = await engine.outbox.due(noon, 10)
    await engine.outbox.done(a!.id)
    const [b] = await engine.outbox.due(noon, 10)
    await engine.outbox.done(b!.id)
    assert.deepEqual([a?.content, b?.content], ['a', 'b'])
    await webhookRoom(engine, 'one', 'https://a')
    await engine.commit(act(message('c'), { room: 'one' }))
    const [c] = await engine.outbox.due(noon, 10)
    assert(a!.id < b!.id && b!.id < c!.id)
  })
}
