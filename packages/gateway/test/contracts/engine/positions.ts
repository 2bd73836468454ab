import assert from 'node:assert/strict'
import type { Position } from '../../../src/model/position.ts'
import type { Engine } from '../../../src/ports/engine.ts'
import { act, commitAll, create, ensure, message, noon, roomWithMessages } from './acts.ts'
import type { EngineTest } from './suite.ts'

const none = { events: 0, age: 0 }

async function headOf(engine: Engine): Promise<Position> {
  const head = await engine.log.head('general')
  assert(head)
  return head
}

async function seqsSince(engine: Engine, position: Position): Promise<number[] | null> {
  const replay = await engine.log.since('general', position, 1000)
  return replay === null ? null : replay.events.map(({ seq }) => seq)
}

export function positionsContract(test: EngineTest): void {
  test('there is no position in a room that is not there', async ({ engine }) => {
    assert.equal(await engine.log.head('general'), null)
    assert.equal(await seqsSince(engine, { epoch: 'x.y', seq: 0 }), null)
  })

  test('a new room is at 0, and from there everything is replayed', async ({ engine }) => {
    await engine.commit(act(ensure()))
    const start = await headOf(engine)
    assert.equal(start.seq, 0)
    assert.deepEqual(await seqsSince(engine, start), [])
    await engine.commit(act(message('a')))
    assert.deepEqual(await seqsSince(engine, start), [1])
  })

  test('a position from the future, or that is none, is a gap', async ({ engine }) => {
    await roomWithMessages(engine, 3)
    const head = await headOf(engine)
    for (const seq of [4, -1, 1.5, 2 ** 53, Number.NaN]) {
      assert.equal(await seqsSince(engine, { ...head, seq }), null, String(seq))
    }
  })

  test('an epoch that was never given is a gap', async ({ engine }) => {
    await roomWithMessages(engine, 3)
    const { epoch } = await headOf(engine)
    for (const other of ['', '.', 'x', `x${epoch}`, `${epoch}x`, epoch.split('.')[0]!, `.${epoch}`]) {
      assert.equal(await seqsSince(engine, { epoch: other, seq: 1 }), null, other)
      assert.equal(await seqsSince(engine, { epoch: other, seq: 3 }), null, other)
      assert.equal(await seqsSince(engine, { epoch: other, seq: 0 }), null, other)
    }
  })

  test('positions outlive a restart', async (under) => {
    await roomWithMessages(under.engine, 3)
    const before = await headOf(under.engine)
    await under.reopen()
    await under.engine.commit(act(message('4')))
    await under.reopen()
    await under.engine.commit(act(message('5')))
    for (const seq of [0, 1, 3]) {
      const expected = [1, 2, 3, 4, 5].slice(seq)
      assert.deepEqual(await seqsSince(under.engine, { ...before, seq }), expected)
      assert.deepEqual(await seqsSince(under.engine, { ...(await headOf(under.engine)), seq }), expected)
    }
  })

  test('what an earlier run cannot have seen is not its position', async (under) => {
    await roomWithMessages(under.engine, 3)
    const before = await headOf(under.engine)
    await under.reopen()
    await commitAll(under.engine, [act(message('4')), act(message('5'))])
    assert.equal(await seqsSince(under.engine, { ...before, seq: 4 }), null)
    assert.equal(await seqsSince(under.engine, { ...before, seq: 5 }), null)
  })

  test('a room that was closed and made again is another history', async ({ engine }) => {
    await commitAll(engine, [act(create()), act(message('a')), act(message('b'))])
    const before = await headOf(engine)
    await engine.commit(act({ kind: 'room.close', reason: 'done' }))
    assert.equal(await engine.log.head('general'), null)
    assert.equal(await seqsSince(engine, before), null)
    await commitAll(engine, [act(ensure('second')), act(message('c')), act(message('d'))])
    assert.equal(await seqsSince(engine, before), null)
    assert.equal(await seqsSince(engine, { ...before, seq: 0 }), null)
    assert.deepEqual(await seqsSince(engine, { ...(await headOf(engine)), seq: 0 }), [1, 2])
  })

  test('what was trimmed is a gap, and the head is not', async ({ engine }) => {
    await roomWithMessages(engine, 5)
    const head = await headOf(engine)
    await engine.upkeep.trim(noon, { public: { events: 2, age: 0 }, members: none })
    for (const seq of [0, 1, 2, 3]) assert.equal(await seqsSince(engine, { ...head, seq }), null, String(seq))
    assert.deepEqual(await seqsSince(engine, { ...head, seq: 4 }), [5])
    await engine.upkeep.trim(noon + 1000, { public: { events: 0, age: 500 }, members: none })
    assert.equal(await seqsSince(engine, { ...head, seq: 4 }), null)
    assert.deepEqual(await seqsSince(engine, head), [])
    await engine.commit(act(message('6')))
    assert.equal(await seqsSince(engine, head), null, 'nobody can tell any more whose event 5 was')
    assert.equal((await headOf(engine)).seq, 6)
  })
}
