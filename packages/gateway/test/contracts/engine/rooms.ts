import assert from 'node:assert/strict'
import type { Actor } from '../../../src/model/participant.ts'
import { defaultSettings, type Room } from '../../../src/model/room.ts'
import { act, bob, commitAll, create, ensure, join, message, noon, refused } from './acts.ts'
import type { EngineTest } from './suite.ts'

export function roomsContract(test: EngineTest): void {
  test('a room comes back as it was made', async (under) => {
    const settings = {
      name: 'The room',
      description: 'What it is for',
      chatLocked: true,
      roomLocked: true,
      maxParticipants: 7,
      discordWebhookLink: 'https://discord.example/api/webhooks/1/x',
    }
    const { room } = await under.engine.commit(act({ ...create(settings), passwordHash: 'hash' } as never))
    const expected: Room = {
      ...settings,
      id: 'general',
      access: 'members',
      creatorId: 'ann',
      incarnation: 'first',
      createdAt: noon,
      lastActiveAt: noon,
      passwordHash: 'hash',
    }
    assert.deepEqual(room, expected)
    assert.deepEqual(await under.engine.rooms.get('general'), expected)
    await under.reopen()
    assert.deepEqual(await under.engine.rooms.get('general'), expected)
  })

  test('a room is as its last outcome said, also after reopening', async (under) => {
    await commitAll(under.engine, [act(create()), act(message('a'), { at: noon + 1 })])
    const { room } = await under.engine.commit(
      act({ kind: 'room.update', changes: { name: 'New', chatLocked: true } }, { at: noon + 2 }),
    )
    assert(room)
    assert.equal(room.lastActiveAt, noon + 1)
    assert.equal(room.name, 'New')
    assert.deepEqual(await under.engine.rooms.get('general'), room)
    await under.reopen()
    assert.deepEqual(await under.engine.rooms.get('general'), room)
    const spoken = await under.engine.commit(act(message('b'), { at: noon + 3 }))
    assert.equal(spoken.room, undefined)
    await under.reopen()
    assert.deepEqual(await under.engine.rooms.get('general'), { ...room, lastActiveAt: noon + 3 })
  })

  test('rooms are told apart by every character of their ids', async ({ engine }) => {
    const ids = ['a', 'A', 'a ', 'ä', 'a\u0308', 'a\u0000b', 'a\u0000c', '__proto__', 'constructor', "'; --"]
    for (const room of ids) await engine.commit(act(ensure(), { room }))
    assert.equal(await engine.rooms.count(), ids.length)
    for (const room of ids) assert.equal((await engine.rooms.get(room))?.id, room)
    assert.equal(await engine.rooms.get('b'), null)
  })

  test('who acts with a credential must have it then: not another, not a replaced one, not after a kick, not even a repetition', async ({
    engine,
  }) => {
    const withHash = (credentialHash: string): Actor => ({ ...bob, credentialHash })
    const write = (credentialHash: string, key?: string) =>
      engine.commit(act(message('x'), { actor: withHash(credentialHash), ...(key && { key }) }))
    await refused(write('hash of bob'), 'unknown_room')
    await commitAll(engine, [act(create()), act(join('bob', 'hash of bob')), act(join('zoe', 'hash of zoe'))])
    const { event } = await write('hash of bob', 'k')
    assert.equal(event?.body.kind === 'message.created' && event.body.message.authorName, 'Name of bob')
    await refused(write('hash of zoe'), 'unknown_participant')
    await refused(write('no hash of anyone'), 'unknown_participant')
    await engine.commit(act(join('bob', 'newer hash of bob')))
    await refused(write('hash of bob', 'k'), 'unknown_participant')
    assert.equal((await write('newer hash of bob', 'k')).repeated, true)
    await engine.commit(act({ kind: 'participant.kick', userId: 'bob' }))
    await refused(write('newer hash of bob'), 'unknown_participant')
    await refused(write('newer hash of bob', 'k'), 'unknown_participant')
    // Not even by their name, should they be in again.
    await engine.commit(act(join('bob')))
    await refused(write('newer hash of bob'), 'unknown_participant')
  })

  test('participants come in the order they joined, and one by one', async ({ engine }) => {
    await commitAll(engine, [
      act(create()),
      act(message('a')),
      act(join('zoe', 'hash of zoe')),
      act(join('bob')),
      act({ kind: 'participant.change', userId: 'zoe', changes: { color: '#abcdef', admin: true } }),
    ])
    const all = await engine.rooms.participants('general')
    assert.deepEqual(
      all.map(({ userId }) => userId),
      ['ann', 'zoe', 'bob'],
    )
    const zoe = {
      userId: 'zoe',
      name: 'Name of zoe',
      color: '#abcdef',
      admin: true,
      banned: false,
      joinedSeq: 1,
    }
    assert.deepEqual(all[1], zoe)
    assert.deepEqual(await engine.rooms.participant('general', 'zoe'), zoe)
    assert.deepEqual(await engine.rooms.byCredential('general', 'hash of zoe'), zoe)
    assert.equal(await engine.rooms.participant('general', 'nobody'), null)
    assert.equal(await engine.rooms.participant('nowhere', 'zoe'), null)
    assert.deepEqual(await engine.rooms.participants('nowhere'), [])
  })

  test('a credential opens its own room, until its owner has another or is kicked', async ({ engine }) => {
    await commitAll(engine, [
      act(create()),
      act(create(), { room: 'other' }),
      act(join('bob', 'old')),
      act(join('bob', 'new')),
    ])
    assert.equal(await engine.rooms.byCredential('general', 'old'), null)
    assert.equal((await engine.rooms.byCredential('general', 'new'))?.userId, 'bob')
    assert.equal(await engine.rooms.byCredential('other', 'new'), null)
    await engine.commit(act({ kind: 'participant.kick', userId: 'bob' }))
    assert.equal(await engine.rooms.byCredential('general', 'new'), null)
    assert.equal(await engine.rooms.participant('general', 'bob'), null)
  })

  test('what the rules ask of participants is read as it is', async ({ engine }) => {
    await commitAll(engine, [act(create({ maxParticipants: 2 })), act(join('bob'))])
    await refused(engine.commit(act(join('cat'))), 'room_full')
    await engine.commit(act({ kind: 'participant.change', userId: 'bob', changes: { banned: true } }))
    await refused(engine.commit(act(message('x'), { actor: bob })), 'banned')
    await refused(
      engine.commit(
        act({
          kind: 'participant.join',
          joiner: { userId: 'cat', name: 'Name of bob', color: '#000000', credentialHash: null },
          asAdmin: false,
        }),
      ),
      'name_taken',
    )
    const { participant } = await engine.commit(act(join('cat')))
    assert.equal(participant?.userId, 'cat')
  })

  test('a closed room is gone with all it had, and its last event is heard', async ({ engine }) => {
    const heard: (number | null)[] = []
    await commitAll(engine, [act(create()), act(join('bob', 'hash')), act(message('a'))])
    engine.listen(({ seq }) => heard.push(seq))
    const { event, room } = await engine.commit(act({ kind: 'room.close', reason: 'done' }))
    assert.deepEqual(event?.body, { kind: 'room.closed', reason: 'done' })
    assert.equal(room?.id, 'general')
    assert.deepEqual(heard, [2])
    const nothingLeft = async () => {
      assert.deepEqual(await engine.rooms.participants('general'), [])
      assert.equal(await engine.rooms.byCredential('general', 'hash'), null)
      assert.deepEqual(await engine.messages.page('general', null, 10), [])
      assert.deepEqual(await engine.log.page('general', null, 10), [])
    }
    assert.equal(await engine.rooms.get('general'), null)
    assert.equal(await engine.rooms.count(), 0)
    await nothingLeft()
    await engine.commit(act(ensure('second')))
    await nothingLeft()
    assert.deepEqual((await engine.rooms.get('general'))?.maxParticipants, defaultSettings.maxParticipants)
  })
}
