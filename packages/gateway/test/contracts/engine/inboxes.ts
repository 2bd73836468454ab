import assert from 'node:assert/strict'
import fc from 'fast-check'
import { dialogId } from '../../../src/model/dialog.ts'
import type { DurableEvent } from '../../../src/model/event.ts'
import { Problem } from '../../../src/model/problem.ts'
import { type Receipt, receiptsOf } from '../../../src/model/receipt.ts'
import type { Engine, Outcome } from '../../../src/ports/engine.ts'
import type { Mailing } from '../../../src/ports/inbox-store.ts'
import { act, ann, bob, commitAll, create, data, ensure, join, message, noon, person } from './acts.ts'
import type { EngineTest } from './suite.ts'

const idsOf = ({ items }: { items: readonly { id: number }[] | null }) => items?.map(({ id }) => id) ?? null

export function inboxesContract(test: EngineTest): void {
  test('an inbox gathers what others do in its user’s rooms, numbered through all of them', async (under) => {
    const { engine } = under
    const mailings: (Mailing | undefined)[] = []
    engine.listen((_event, mailing) => mailings.push(mailing))
    await engine.inboxes.open('bob')
    await commitAll(engine, [
      act(create()),
      act(join('bob')),
      act(message('one')),
      act(message('my own'), { actor: bob }),
      act(create(), { room: 'other' }),
      act(join('bob'), { room: 'other' }),
      act(message('two'), { room: 'other' }),
      act(message('three')),
    ])
    assert.deepEqual(mailings, [
      { dialog: null, to: [{ userId: 'bob', id: 1 }] },
      { dialog: null, to: [{ userId: 'bob', id: null }] },
      { dialog: null, to: [{ userId: 'bob', id: 2 }] },
      { dialog: null, to: [{ userId: 'bob', id: 3 }] },
    ])
    await under.reopen()
    const { inboxes } = under.engine
    const { head, items } = await inboxes.since('bob', 1, 10)
    assert.equal(head, 3)
    assert.deepEqual(
      items?.map(({ id, event, dialog }) => [id, event.room, event.seq, dialog]),
      [
        [2, 'other', 1, null],
        [3, 'general', 3, null],
      ],
    )
    assert.deepEqual(await inboxes.get('bob', 2), items?.[0])
    assert.equal(await inboxes.get('bob', 4), null)
    assert.equal(await inboxes.head('ann'), 0)
    assert.deepEqual(await inboxes.readers('general'), { dialog: null, userIds: ['bob'] })
  })

  test('a dialog opens the inboxes of its two, and names them', async ({ engine }) => {
    const room = dialogId('ann', 'bob')
    await engine.commit(
      act({ kind: 'dialog.open', incarnation: 'i', pair: [person('ann'), person('bob')] }, { room }),
    )
    await engine.commit(act(message('hello'), { room }))
    const { items } = await engine.inboxes.since('bob', 0, 10)
    assert.deepEqual(
      items?.map(({ id, dialog }) => [id, dialog]),
      [[1, ['ann', 'bob']]],
    )
  })

  test('more than the limit is a gap that says from where on it would be none', async ({ engine }) => {
    await engine.inboxes.open('bob')
    await commitAll(engine, [
      act(create()),
      act(join('bob')),
      ...['1', '2', '3', '4'].map((text) => act(message(text))),
    ])
    assert.deepEqual(await engine.inboxes.since('bob', 1, 2), { head: 4, items: null, oldest: 3 })
    assert.deepEqual(idsOf(await engine.inboxes.since('bob', 2, 2)), [3, 4])
    assert.deepEqual(idsOf(await engine.inboxes.since('bob', 4, 2)), [])
    assert.equal((await engine.inboxes.since('bob', 5, 2)).items, null)
  })

  test('so is more than may be replayed at once in bytes', async ({ engine }) => {
    await engine.inboxes.open('bob')
    await commitAll(engine, [
      act(create()),
      act(join('bob')),
      ...['1', '2', '3', '4'].map((text) => act(message(text.repeat(2000)))),
    ])
    const since = (after: number, bytes: number) => engine.inboxes.since('bob', after, 10, null, bytes)
    assert.deepEqual(idsOf(await since(0, 4 * 3000)), [1, 2, 3, 4])
    assert.deepEqual(await since(0, 2 * 3000), { head: 4, items: null, oldest: 3 })
    assert.deepEqual(idsOf(await since(2, 2 * 3000)), [3, 4])
    assert.deepEqual(await since(2, 1000), { head: 4, items: null, oldest: 5 })
  })

  test('what a user has written is not unread, however much it is and whatever came after it', async ({
    engine,
  }) => {
    await commitAll(engine, [act(create()), act(join('bob'))])
    const unread = async () => (await engine.memberships.get('bob', 'general'))?.unread
    const many = (body: ReturnType<typeof message>) =>
      Promise.all(Array.from({ length: 250 }, () => engine.commit(act(body, { actor: bob }))))
    await many(message('mine'))
    assert.equal(await unread(), 0)
    await engine.commit(act(message('theirs')))
    assert.equal(await unread(), 1)
    await many(data('1'))
    assert.equal(await unread(), 1)
    await engine.commit(act({ kind: 'receipts.mark', mark: 'read', upTo: 251 }, { actor: bob }))
    assert.equal(await unread(), 0)
    await engine.commit(act(message('theirs again')))
    await engine.commit(act(message('mine again'), { actor: bob }))
    await many(data('2'))
    assert.equal(await unread(), 1)
  })

  test('ids told in an earlier run are good as long as what they were told of is there', async (under) => {
    await under.engine.inboxes.open('bob')
    const first = await under.engine.inboxes.epoch()
    await commitAll(under.engine, [act(create()), act(join('bob')), act(message('1')), act(message('2'))])
    const since = async (after: number, epoch: string) =>
      idsOf(await under.engine.inboxes.since('bob', after, 10, epoch))
    assert.deepEqual(await since(1, first), [2])
    await under.reopen()
    const second = await under.engine.inboxes.epoch()
    assert.notEqual(second, first)
    await under.engine.commit(act(message('3')))
    for (const after of [0, 1, 2]) assert.deepEqual(await since(after, first), [1, 2, 3].slice(after))
    assert.deepEqual(await since(3, second), [])
    assert.equal(await since(3, first), null, 'the first run has not seen the third item')
    for (const epoch of ['', 'another', `${first}x`]) assert.equal(await since(1, epoch), null, epoch)
    const gap = { head: 3, items: null, oldest: 1 }
    assert.deepEqual(await under.engine.inboxes.since('bob', 9, 10, 'another'), gap)
  })

  test('what a user may not see any more is a gap: a ban, a kick, a room that is gone', async ({
    engine,
  }) => {
    await engine.inboxes.open('bob')
    await commitAll(engine, [act(create()), act(join('bob')), act(message('1'))])
    const ban = (banned: boolean) =>
      engine.commit(act({ kind: 'participant.change', userId: 'bob', changes: { banned } }))
    await ban(true)
    await engine.commit(act(message('while banned')))
    assert.deepEqual(await engine.inboxes.since('bob', 0, 10), { head: 1, items: null, oldest: 2 })
    await ban(false)
    assert.deepEqual(idsOf(await engine.inboxes.since('bob', 0, 10)), [1])
    await engine.commit(act({ kind: 'participant.kick', userId: 'bob' }))
    await engine.commit(act(join('bob')))
    await engine.commit(act(message('after')))
    assert.deepEqual(await engine.inboxes.since('bob', 0, 10), { head: 2, items: null, oldest: 2 })
    assert.deepEqual(idsOf(await engine.inboxes.since('bob', 1, 10)), [2])
    await engine.commit(act({ kind: 'room.close', reason: 'done' }))
    await commitAll(engine, [act(ensure('second')), act(message('another room of that name'))])
    assert.deepEqual(await engine.inboxes.since('bob', 1, 10), { head: 2, items: null, oldest: 3 })
  })

  test('a deleted message’s text does not come back from an inbox', async ({ engine }) => {
    await engine.inboxes.open('bob')
    await commitAll(engine, [
      act(create()),
      act(join('bob')),
      act(message('secret')),
      act({ kind: 'message.edit', number: 1, content: 'secret too' }),
      act({ kind: 'message.delete', number: 1 }),
    ])
    const { items } = await engine.inboxes.since('bob', 0, 10)
    assert.deepEqual(
      items?.map(({ event }) => event.body.kind),
      ['message.created', 'message.edited', 'message.deleted'],
    )
    assert.ok(!JSON.stringify(items).includes('secret'))
  })

  test('a room is made once by a key, whatever id each try gives it', async ({ engine }) => {
    const first = await engine.commit(act(create(), { room: 'one', key: 'k' }))
    const second = await engine.commit(act(create(), { room: 'two', key: 'k' }))
    assert.deepEqual([first.repeated, second.repeated, second.room?.id], [false, true, 'one'])
    assert.equal(second.participant?.userId, 'ann')
    assert.equal(await engine.rooms.get('two'), null)
  })

  test('a user’s rooms are listed a page at a time, those last written in first', async ({ engine }) => {
    for (const [index, room] of ['a', 'b', 'c'].entries()) {
      await engine.commit(act(create(), { room }))
      await engine.commit(act(join('bob'), { room }))
      await engine.commit(act(message(`in ${room}`), { room, at: noon + index }))
    }
    await engine.commit(act(message('mine'), { room: 'c', actor: bob, at: noon + 3 }))
    const page = await engine.memberships.page('bob', null, 2)
    assert.deepEqual(
      page.map(({ room, lastMessage, unread, participants }) => [
        room.id,
        lastMessage?.content,
        unread,
        participants,
      ]),
      [
        ['c', 'mine', 1, 2],
        ['b', 'in b', 1, 2],
      ],
    )
    const rest = await engine.memberships.page('bob', 'b', 2)
    assert.deepEqual(
      rest.map(({ room }) => room.id),
      ['a'],
    )
    await engine.commit(act({ kind: 'receipts.mark', mark: 'read', upTo: 1 }, { room: 'a', actor: bob }))
    const one = await engine.memberships.get('bob', 'a')
    assert.deepEqual([one?.unread, one?.marks], [0, { delivered: 1, read: 1 }])
    assert.equal(await engine.memberships.get('bob', 'nowhere'), null)
    await engine.inboxes.open('ann')
    assert.deepEqual(await engine.memberships.peers('bob', 10), ['ann'])
    assert.deepEqual(
      [await engine.memberships.share('ann', 'bob'), await engine.memberships.share('ann', 'eve')],
      [true, false],
    )
  })

  test('inbox ids have no gap, and marks only advance, whatever happens in whatever order', async (under) => {
    let room = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        room += 1
        await new Model(under.engine, `room-${room}`, room).run(steps)
      }),
      { numRuns: 60 },
    )
  })
}

type Step =
  | { readonly kind: 'write'; readonly by: number }
  | { readonly kind: 'edit' | 'delete'; readonly by: number; readonly number: number }
  | { readonly kind: 'mark'; readonly by: number; readonly mark: 'delivered' | 'read'; readonly upTo: number }

const by = fc.nat({ max: 3 })
const number = fc.integer({ min: 1, max: 12 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('write' as const), by }) },
  fc.record({ kind: fc.constantFrom('edit' as const, 'delete' as const), by, number }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      by,
      mark: fc.constantFrom('delivered' as const, 'read' as const),
      upTo: number,
    }),
  },
)

/** Four users in one room, the last without an inbox, and what each should have. */
class Model {
  readonly #engine: Engine
  readonly #room: string
  readonly #users: readonly string[]
  readonly #authors: string[] = []
  readonly #inboxes = new Map<string, string[]>()
  readonly #receipts: Map<string, Receipt>[] = []
  #now = noon

  constructor(engine: Engine, room: string, run: number) {
    this.#engine = engine
    this.#room = room
    this.#users = [0, 1, 2, 3].map((index) => `user-${run}-${index}`)
  }

  async run(steps: readonly Step[]): Promise<void> {
    const [creator = '', ...others] = this.#users
    await this.#commit(creator, { ...create(), creator: person(creator) } as Parameters<typeof act>[0])
    for (const user of others) await this.#commit(user, join(user))
    for (const user of this.#users.slice(0, 3)) {
      await this.#engine.inboxes.open(user)
      this.#inboxes.set(user, [])
    }
    for (const one of steps) await this.#step(one)
    for (const [user, expected] of this.#inboxes) {
      const { head, items } = await this.#engine.inboxes.since(user, 0, 1000)
      assert.equal(head, expected.length)
      assert.deepEqual(
        idsOf({ items }),
        [...expected.keys()].map((index) => index + 1),
      )
      assert.deepEqual(
        items?.map(({ event }) => event.id),
        expected,
      )
    }
    await this.#checkReceipts()
  }

  async #step(one: Step): Promise<void> {
    const user = this.#users[one.by] ?? ''
    const others = this.#users.filter((id) => id !== user)
    this.#now += 1
    switch (one.kind) {
      case 'write': {
        const outcome = await this.#commit(user, message('text'))
        this.#authors.push(user)
        this.#receipts.push(new Map())
        return this.#told(outcome?.event, others)
      }
      case 'edit':
      case 'delete': {
        const body =
          one.kind === 'edit'
            ? ({ kind: 'message.edit', number: one.number, content: 'other text' } as const)
            : ({ kind: 'message.delete', number: one.number } as const)
        return this.#told((await this.#commit(user, body))?.event, others)
      }
      case 'mark': {
        const outcome = await this.#commit(user, { kind: 'receipts.mark', mark: one.mark, upTo: one.upTo })
        return this.#told(outcome?.event, this.#marked(user, one))
      }
    }
  }

  /** Marks in the model; the authors whose messages were newly covered. */
  #marked(user: string, { mark, upTo }: Step & { kind: 'mark' }): string[] {
    if (upTo > this.#authors.length) return []
    const authors = new Set<string>()
    for (const [index, author] of this.#authors.slice(0, upTo).entries()) {
      if (author === user) continue
      const before = this.#receipts[index]?.get(user) ?? { userId: user }
      if (before[mark] === undefined) authors.add(author)
      const after = { ...before, [mark]: before[mark] ?? this.#now }
      const implied = mark === 'read' ? { delivered: after.delivered ?? this.#now } : {}
      this.#receipts[index]?.set(user, { ...after, ...implied })
    }
    return [...authors]
  }

  #told(event: DurableEvent | null | undefined, users: readonly string[]): void {
    if (event === null || event === undefined) return
    for (const user of users) this.#inboxes.get(user)?.push(event.id)
  }

  async #checkReceipts(): Promise<void> {
    const count = this.#authors.length
    if (count === 0) return
    const steps = await this.#engine.receipts.steps(this.#room, 1, count)
    for (const [index, authorId] of this.#authors.entries()) {
      const receipts = receiptsOf({ number: index + 1, authorId }, steps)
      const sorted = (all: Iterable<Receipt>) => [...all].sort((a, b) => (a.userId < b.userId ? -1 : 1))
      assert.deepEqual(sorted(receipts), sorted(this.#receipts[index]?.values() ?? []))
    }
  }

  /** Null when the rules refuse it. */
  async #commit(user: string, body: Parameters<typeof act>[0]): Promise<Outcome | null> {
    try {
      const actor = { ...ann, userId: user, name: user }
      return await this.#engine.commit(act(body, { room: this.#room, actor, at: this.#now }))
    } catch (error) {
      assert.ok(error instanceof Problem, String(error))
      return null
    }
  }
}
