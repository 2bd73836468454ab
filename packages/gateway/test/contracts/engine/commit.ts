import assert from 'node:assert/strict'
import type { ActBody } from '../../../src/model/act.ts'
import { act, bob, commitAll, create, data, ensure, eventOf, join, message, refused } from './acts.ts'
import type { EngineTest } from './suite.ts'

export function commitContract(test: EngineTest): void {
  test('events count from 1 without a gap, and messages have a number and a rising id', async ({
    engine,
  }) => {
    const outcomes = await commitAll(engine, [
      act(ensure()),
      act(message('a')),
      act(data('1')),
      act(message('b'), { actor: bob }),
    ])
    const [made, a, one, b] = outcomes
    assert.equal(made?.event, null)
    assert.deepEqual(
      [a, one, b].map((outcome) => outcome?.event?.seq),
      [1, 2, 3],
    )
    const bodies = [a, b].map((outcome) => outcome?.event?.body)
    assert(bodies[0]?.kind === 'message.created' && bodies[1]?.kind === 'message.created')
    assert.deepEqual([bodies[0].message.number, bodies[1].message.number], [1, 2])
    assert(bodies[1].message.id > bodies[0].message.id)
  })

  test('acts given at once see each other, and are kept in the order given', async ({ engine }) => {
    const bodies: ActBody[] = [create(), message('a'), join('bob'), message('b')]
    const outcomes = await Promise.all(bodies.map((body) => engine.commit(act(body))))
    assert.deepEqual(
      outcomes.map(({ event }) => event?.seq),
      [undefined, 1, undefined, 2],
    )
    assert.equal(outcomes[2]?.participant?.joinedSeq, 1)
  })

  test('a refusal has its code, and refuses nothing else that was given at once', async ({ engine }) => {
    await engine.commit(act(create()))
    const before = engine.commit(act(message('before')))
    const stranger = refused(engine.commit(act(message('x'), { actor: bob })), 'not_a_member')
    const after = engine.commit(act(message('after')))
    await stranger
    assert.deepEqual([eventOf(await before).seq, eventOf(await after).seq], [1, 2])
  })

  test('an act that cannot be judged is refused as internal, and nothing else with it', async ({
    engine,
  }) => {
    await engine.commit(act(ensure()))
    const before = engine.commit(act(message('before')))
    const broken = refused(engine.commit(act({ kind: 'nonsense' } as unknown as ActBody)), 'internal')
    const after = engine.commit(act(message('after')))
    await broken
    assert.deepEqual([eventOf(await before).seq, eventOf(await after).seq], [1, 2])
    assert.equal((await engine.messages.page('general', null, 10)).length, 2)
  })

  test('an act in a room that is not there is refused', async ({ engine }) => {
    await refused(engine.commit(act(message('a'))), 'unknown_room')
  })

  test('the listener hears each event once, in order, before its commit resolves', async ({ engine }) => {
    const order: string[] = []
    engine.listen(({ seq }) => order.push(`heard ${seq}`))
    await engine.commit(act(create()))
    const commit = (body: ActBody, says: string) =>
      engine.commit(act(body)).then(
        () => order.push(says),
        () => order.push(`refused ${says}`),
      )
    await Promise.all([
      commit(message('a'), 'a'),
      commit(join('bob'), 'bob'),
      commit({ kind: 'message.edit', number: 7, content: 'x' }, 'edit'),
      commit(data('1'), 'data'),
    ])
    await commit(message('b'), 'b')
    assert.deepEqual(order, ['heard 1', 'heard 2', 'a', 'bob', 'refused edit', 'data', 'heard 3', 'b'])
  })

  test('a listener that throws does not keep the commit from resolving', async ({ engine }) => {
    engine.listen(() => {
      throw new Error('the listener is broken')
    })
    await engine.commit(act(ensure()))
    assert.equal(eventOf(await engine.commit(act(message('a')))).seq, 1)
  })

  test('an event has what its act had: id, time, targets, the wish for acknowledgements', async ({
    engine,
  }) => {
    await engine.commit(act(ensure()))
    const given = act(data('{"n":1}', ['client_1']), { id: 'evt_mine', at: 1_234, wantsAck: true })
    const { event } = await engine.commit(given)
    assert.deepEqual(event, {
      id: 'evt_mine',
      room: 'general',
      seq: 1,
      at: 1_234,
      body: { kind: 'data.emitted', payload: '{"n":1}', by: 'ann' },
      targets: ['client_1'],
      wantsAck: true,
    })
  })

  test('rooms count apart', async ({ engine }) => {
    for (const room of ['one', 'other']) await engine.commit(act(ensure(), { room }))
    const seqs = await Promise.all(
      ['one', 'other', 'one'].map(
        async (room) => eventOf(await engine.commit(act(message('x'), { room }))).seq,
      ),
    )
    assert.deepEqual(seqs, [1, 1, 2])
  })

  test('what was committed is there after reopening, and goes on where it was', async (under) => {
    await commitAll(under.engine, [act(create()), act(message('a')), act(join('bob'))])
    const before = eventOf(await under.engine.commit(act(message('b'))))
    await under.reopen()
    const after = eventOf(await under.engine.commit(act(message('c'))))
    assert.equal(after.seq, 3)
    assert(before.body.kind === 'message.created' && after.body.kind === 'message.created')
    assert.equal(after.body.message.number, 3)
    assert(after.body.message.id > before.body.message.id)
    assert.equal((await under.engine.rooms.participants('general')).length, 2)
  })

  test('a closed engine refuses, after finishing what was begun', async ({ engine }) => {
    await engine.commit(act(ensure()))
    const begun = engine.commit(act(message('a')))
    const closed = engine.close()
    await refused(engine.commit(act(message('b'))), 'going_down')
    assert.equal(eventOf(await begun).seq, 1)
    await closed
  })
}
