import assert from 'node:assert/strict'
import type { Act } from '../../../src/model/act.ts'
import { anonymous } from '../../../src/model/participant.ts'
import {
  act,
  ann,
  bob,
  commitAll,
  create,
  data,
  ensure,
  eventOf,
  join,
  message,
  noon,
  refused,
} from './acts.ts'
import type { EngineTest } from './suite.ts'

const minute = 60_000
const root = { ...ann, admin: true }

export function keysContract(test: EngineTest): void {
  test('a repeated key has the first outcome, and no event of its own', async ({ engine }) => {
    const heard: string[] = []
    engine.listen(({ id }) => heard.push(id))
    await engine.commit(act(ensure()))
    const first = await engine.commit(act(message('a'), { key: 'k', note: 'first' }))
    const again = await engine.commit(act(message('b'), { key: 'k', note: 'second' }))
    assert.equal(first.repeated, false)
    assert.deepEqual(again, { ...first, repeated: true })
    assert.equal(again.note, 'first')
    assert.deepEqual(heard, [first.event?.id])
    assert.equal((await engine.log.head('general'))?.seq, 1)
  })

  test('a repeated key gives a message as it is by now, and nothing of what was deleted', async ({
    engine,
  }) => {
    await engine.commit(act(ensure()))
    const attachments = [{ type: 'file', id: '1', filename: 'secret', url: 'https://a', meta: {} }] as const
    const create = { kind: 'message.create', content: 'secret', payload: '"secret"', attachments } as const
    const edit = { kind: 'message.edit', number: 1, content: 'still secret' } as const
    const first = eventOf(await engine.commit(act(create, { key: 'k' })))
    const edited = eventOf(await engine.commit(act(edit, { key: 'l' })))
    assert(first.body.kind === 'message.created' && edited.body.kind === 'message.edited')
    const repeated = async () => [
      await engine.commit(act(create, { key: 'k', at: noon + 1 })),
      await engine.commit(act(edit, { key: 'l', at: noon + 1 })),
    ]
    const { payload: _, ...body } = first.body
    assert.deepEqual((await repeated()).map(eventOf), [
      { ...first, body: { ...body, message: edited.body.message } },
      edited,
    ])
    await engine.commit(act({ kind: 'message.delete', number: 1 }))
    const deleted = await engine.messages.get('general', 1)
    assert.equal(deleted?.deletedAt, noon)
    assert.deepEqual((await repeated()).map(eventOf), [
      { ...first, body: { ...body, message: deleted } },
      { ...edited, body: { ...edited.body, message: deleted } },
    ])
  })

  test('a repeated key gives a message that the room has no more as one that was deleted', async ({
    engine,
  }) => {
    await engine.commit(act(ensure()))
    const first = eventOf(await engine.commit(act(message('a'), { key: 'k' })))
    assert(first.body.kind === 'message.created')
    await engine.commit(act({ kind: 'room.close', reason: 'done' }, { actor: root }))
    await commitAll(engine, [act(ensure('second')), act(message('another of that number'))])
    const { event, repeated } = await engine.commit(act(message('a'), { key: 'k', at: noon + 1 }))
    assert.equal(repeated, true)
    const gone = { ...first.body.message, content: '', deletedAt: noon + 1 }
    assert.deepEqual(event, { ...first, body: { ...first.body, message: gone } })
  })

  test('a key repeated at once acts once', async ({ engine }) => {
    await engine.commit(act(ensure()))
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => engine.commit(act(message('a'), { key: 'k' }))),
    )
    assert.deepEqual(
      outcomes.map(({ repeated }) => repeated),
      [false, true, true, true, true],
    )
    assert.deepEqual(new Set(outcomes.map(({ event }) => event?.id)).size, 1)
  })

  test('a key is known after reopening', async (under) => {
    await under.engine.commit(act(ensure()))
    const first = await under.engine.commit(act(message('a'), { key: 'k' }))
    await under.reopen()
    assert.deepEqual(await under.engine.commit(act(message('a'), { key: 'k' })), { ...first, repeated: true })
  })

  test('an act without an event repeats its outcome too', async ({ engine }) => {
    await engine.commit(act(create()))
    const first = await engine.commit(act(join('bob', 'hash'), { actor: bob, key: 'k' }))
    const again = await engine.commit(act(join('bob', 'another'), { actor: bob, key: 'k' }))
    assert.deepEqual(again, { ...first, repeated: true })
    assert.equal(await engine.rooms.byCredential('general', 'another'), null)
  })

  test('the same key of another author, in another room, or another key is another act', async ({
    engine,
  }) => {
    for (const room of ['general', 'other']) await engine.commit(act(ensure(), { room }))
    const others: Partial<Act>[] = [
      { actor: ann, key: 'k' },
      { actor: bob, key: 'k' },
      { actor: anonymous, key: 'k' },
      { actor: ann, key: 'k', room: 'other' },
      { actor: ann, key: 'l' },
    ]
    for (const extra of others) {
      const { repeated } = await engine.commit(act(message('a'), extra))
      assert.equal(repeated, false)
    }
  })

  test('whoever acts without a token shares the key with others who do', async ({ engine }) => {
    await engine.commit(act(ensure()))
    await engine.commit(act(data('1'), { actor: anonymous, key: 'k' }))
    const { repeated } = await engine.commit(act(data('1'), { actor: anonymous, key: 'k' }))
    assert.equal(repeated, true)
  })

  test('a key is good for five minutes, also over a restart, and however the wall clock jumps', async (under) => {
    const { clock } = under
    await under.engine.commit(act(ensure()))
    const isRepeated = async () =>
      (await under.engine.commit(act(message('a'), { key: 'k', at: clock.now() }))).repeated
    assert.equal(await isRepeated(), false)
    clock.jump(60 * minute)
    assert.equal(await isRepeated(), true)
    clock.jump(-60 * minute)
    clock.advance(3 * minute)
    await under.reopen()
    clock.advance(2 * minute - 1)
    assert.equal(await isRepeated(), true)
    clock.advance(1)
    assert.equal(await isRepeated(), false, 'it is new, and counts from now on')
    clock.advance(5 * minute - 1)
    assert.equal(await isRepeated(), true)
  })

  test('a refused act does not use its key up', async ({ engine }) => {
    await engine.commit(act(create()))
    await refused(engine.commit(act(message('a'), { actor: bob, key: 'k' })), 'not_a_member')
    await engine.commit(act(join('bob'), { actor: bob }))
    const { repeated } = await engine.commit(act(message('a'), { actor: bob, key: 'k' }))
    assert.equal(repeated, false)
  })

  test('making a room can be repeated, though each try has another id for it', async ({ engine }) => {
    const make = (room: string) => engine.commit(act(create(), { room, key: 'k' }))
    const first = await make('one')
    assert.deepEqual(await make('other'), { ...first, repeated: true })
    assert.equal(await engine.rooms.count(), 1)
  })

  test('closing a room can be repeated', async ({ engine }) => {
    await engine.commit(act(create()))
    const close = () => engine.commit(act({ kind: 'room.close', reason: 'done' }, { key: 'k' }))
    const first = await close()
    assert.deepEqual(await close(), { ...first, repeated: true })
  })
}
