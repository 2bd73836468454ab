import assert from 'node:assert/strict'
import type { Retention } from '../../../src/ports/engine.ts'
import {
  act,
  bob,
  commitAll,
  create,
  data,
  ensure,
  message,
  noon,
  refused,
  roomWithMessages,
} from './acts.ts'
import type { EngineTest } from './suite.ts'

const forEver: Retention = { events: 0, age: 0 }

export function upkeepContract(test: EngineTest): void {
  test('each class of rooms keeps so many events and no more', async ({ engine }) => {
    await commitAll(engine, [act(ensure(), { room: 'open' }), act(create(), { room: 'closed' })])
    for (const room of ['open', 'closed']) {
      await Promise.all(Array.from({ length: 10 }, () => engine.commit(act(message('x'), { room }))))
    }
    const retention = { public: { events: 3, age: 0 }, members: { events: 5, age: 0 } }
    assert.equal(await engine.upkeep.trim(noon, retention), 12)
    const seqs = async (room: string) => (await engine.log.page(room, null, 100)).map(({ seq }) => seq)
    assert.deepEqual(await seqs('open'), [8, 9, 10])
    assert.deepEqual(await seqs('closed'), [6, 7, 8, 9, 10])
    assert.equal(await engine.upkeep.trim(noon, retention), 0)
  })

  test('events go when they are too old, oldest first, so that none is missing in between', async ({
    engine,
  }) => {
    await engine.commit(act(ensure()))
    for (const at of [1, 2, 9, 3, 10]) await engine.commit(act(data(String(at)), { at: noon + at }))
    assert.equal(
      await engine.upkeep.trim(noon + 10, { public: { events: 0, age: 5 }, members: forEver }),
      2,
      'the fourth is old too, but comes after one that stays',
    )
    const head = await engine.log.head('general')
    assert.deepEqual(
      (await engine.log.since('general', { ...head!, seq: 3 }, 10))?.events.map(({ seq }) => seq),
      [4, 5],
    )
  })

  test('trimmed messages and events are not found any more, the others are', async ({ engine }) => {
    const events = await roomWithMessages(engine, 1100)
    await engine.commit(act({ kind: 'message.edit', number: 1, content: 'x' }))
    const { id: oldId } = (await engine.messages.get('general', 1000))!
    assert.equal(await engine.upkeep.trim(noon, { public: { events: 50, age: 0 }, members: forEver }), 1051)
    assert.equal(await engine.messages.get('general', 1), null)
    assert.equal(await engine.messages.get('general', 1000), null)
    assert.equal(await engine.messages.byId('general', oldId), null)
    assert.equal(await engine.log.find('general', events[0]!.id), null)
    assert.equal(await engine.log.find('general', events[1050]!.id), null)
    assert.equal((await engine.log.find('general', events[1051]!.id))?.seq, 1052)
    assert.equal((await engine.messages.get('general', 1052))?.content, '1052')
    assert.equal((await engine.messages.page('general', 1054, 10)).length, 2)
    assert.equal((await engine.messages.page('general', 500, 10)).length, 0)
  })

  test('numbers and ids go on when everything was trimmed, also after reopening', async (under) => {
    await roomWithMessages(under.engine, 3)
    const { id } = (await under.engine.messages.get('general', 3))!
    await under.engine.upkeep.trim(noon + 10, { public: { events: 0, age: 5 }, members: forEver })
    assert.deepEqual(await under.engine.messages.page('general', null, 10), [])
    await under.reopen()
    await under.engine.commit(act(message('x')))
    const next = await under.engine.messages.get('general', 4)
    assert(next!.id > id)
    assert.equal((await under.engine.log.head('general'))?.seq, 4)
  })

  test('the receipts of trimmed messages go with them, and how far a user has marked stays', async ({
    engine,
  }) => {
    await roomWithMessages(engine, 1000)
    const upTos = [...Array.from({ length: 800 }, (_, i) => i + 1), 950]
    await Promise.all(
      upTos.map((upTo) =>
        engine.commit(act({ kind: 'receipts.mark', mark: 'delivered', upTo }, { actor: bob })),
      ),
    )
    await engine.upkeep.trim(noon, { public: { events: 300 + upTos.length, age: 0 }, members: forEver })
    assert.deepEqual(
      (await engine.receipts.steps('general', 1, 700)).map(({ upTo }) => upTo),
      [701],
    )
    assert.equal((await engine.receipts.steps('general', 701, 1000)).length, 101)
    await engine.upkeep.trim(noon, { public: { events: 1, age: 0 }, members: forEver })
    assert.deepEqual(
      (await engine.receipts.steps('general', 1, 1000)).map(({ upTo }) => upTo),
      [950],
    )
  })

  test('keys that are not used up stay, however the wall clock jumps', async ({ engine, clock }) => {
    await engine.commit(act(ensure()))
    const first = await engine.commit(act(message('a'), { key: 'k' }))
    clock.advance(299_999)
    clock.jump(3_600_000)
    await engine.upkeep.trim(clock.now(), { public: forEver, members: forEver })
    const again = await engine.commit(act(message('b'), { key: 'k' }))
    assert.deepEqual(again, { ...first, repeated: true })
  })

  test('acts go on while a great deal is trimmed', async ({ engine }) => {
    await roomWithMessages(engine, 3000)
    await commitAll(engine, [act(create(), { room: 'closed' })])
    await engine.commit(act({ kind: 'room.close', reason: 'x' }, { room: 'closed' }))
    const trimmed = engine.upkeep.trim(noon, { public: { events: 1, age: 0 }, members: forEver })
    let done = false
    void trimmed.then(() => {
      done = true
    })
    await engine.commit(act(message('meanwhile')))
    assert.equal(done, false)
    assert((await trimmed) >= 2999)
  })

  test('rooms nothing was written to are idle, but lasting ones are not', async ({ engine }) => {
    await commitAll(engine, [
      act(ensure(), { room: 'old', at: noon - 2 }),
      act(ensure(), { room: 'used', at: noon - 2 }),
      act(create(), { room: 'new', at: noon }),
      act({ ...create(), lasting: true } as never, { room: 'lasting', at: noon - 2 }),
      act(message('x'), { room: 'used', at: noon }),
    ])
    assert.deepEqual(
      (await engine.upkeep.idle(noon, 10)).map(({ id }) => id),
      ['old'],
    )
    assert.equal((await engine.upkeep.idle(noon + 1, 2)).length, 2)
  })

  test('a store that keeps what it is given says so, over and over, until it is closed', async ({
    engine,
  }) => {
    await engine.check()
    await engine.commit(act(ensure()))
    await refused(engine.commit(act({ kind: 'room.close', reason: 'x' }, { room: 'none' })), 'unknown_room')
    await engine.check()
    assert.equal((await engine.log.head('general'))?.seq, 0, 'nothing of it can be seen')
    await engine.close()
    await refused(engine.check(), 'going_down')
  })
}
