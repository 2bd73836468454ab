import assert from 'node:assert/strict'
import { act, bob, commitAll, create, join, message, noon } from './acts.ts'
import type { EngineTest } from './suite.ts'

export function usersContract(test: EngineTest): void {
  test('a user is known as seen last', async (under) => {
    const { users } = under.engine
    await users.seen({ userId: 'ann', name: 'Ann', bot: false })
    await users.seen({ userId: 'ann', name: 'Anna', bot: true })
    assert.deepEqual(await users.get('ann'), { userId: 'ann', name: 'Anna', bot: true })
    assert.equal(await users.get('bob'), null)
    await under.reopen()
    assert.deepEqual(await under.engine.users.get('ann'), { userId: 'ann', name: 'Anna', bot: true })
  })

  test('banned users are listed, known or not, and being seen does not lift a ban', async (under) => {
    await under.engine.users.seen({ userId: 'ann', name: 'Ann', bot: false })
    await under.engine.users.ban('ann', noon, 'spam')
    await under.engine.users.ban('bob', noon, null)
    await under.engine.users.seen({ userId: 'ann', name: 'Ann', bot: false })
    await under.engine.users.seen({ userId: 'cat', name: 'Cat', bot: false })
    await under.reopen()
    assert.deepEqual(new Set(await under.engine.users.banned()), new Set(['ann', 'bob']))
  })

  test('marks are kept as steps, and a step gives the time of what it covers', async (under) => {
    const mark = (upTo: number, at: number, which: 'delivered' | 'read') =>
      under.engine.commit(act({ kind: 'receipts.mark', mark: which, upTo }, { actor: bob, at }))
    await commitAll(under.engine, [
      act(create()),
      act(join('bob')),
      ...['1', '2', '3', '4'].map((content) => act(message(content))),
    ])
    await mark(1, noon + 1, 'delivered')
    const { event } = await mark(3, noon + 2, 'read')
    assert.deepEqual(event?.body, {
      kind: 'receipts.advanced',
      userId: 'bob',
      mark: 'read',
      from: 0,
      upTo: 3,
      authors: [{ userId: 'ann', highest: 3 }],
    })
    assert.equal((await mark(2, noon + 3, 'read')).event, null, 'a mark only advances')
    await mark(4, noon + 4, 'read')
    await under.reopen()
    const step = (which: 'delivered' | 'read', upTo: number, at: number) => ({
      userId: 'bob',
      mark: which,
      upTo,
      at: noon + at,
    })
    const { receipts } = under.engine
    assert.deepEqual(await receipts.steps('general', 1, 2), [
      step('delivered', 1, 1),
      step('delivered', 3, 2),
      step('read', 3, 2),
    ])
    assert.deepEqual(await receipts.steps('general', 4, 4), [step('delivered', 4, 4), step('read', 4, 4)])
    assert.deepEqual(await receipts.steps('nowhere', 1, 4), [])
  })
}
