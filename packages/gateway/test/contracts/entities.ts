import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { merge } from '../../src/model/entities/merge.ts'
import { unfold } from '../../src/model/entities/unfold.ts'
import {
  type Entity,
  type EntityFields,
  type EntityKey,
  type EntityKind,
  keyedByGuild,
} from '../../src/model/entity.ts'
import type { EntityStore, StoredEntity } from '../../src/ports/entities.ts'

/** A store under test, which can be stopped and started again on the same data. */
export interface OpenEntities {
  readonly entities: EntityStore
  reopen(): Promise<void>
  dispose(): Promise<void>
}

/** What every implementation of `EntityStore` does. */
export function entitiesContract(name: string, open: () => Promise<OpenEntities>): void {
  let it: OpenEntities
  before(async () => {
    it = await open()
  })
  after(() => it.dispose())

  const put = (data: unknown) => it.entities.put(Array.from(unfold(data)))
  const get = (kind: EntityKind, id: string, guildID: string | null = null) =>
    it.entities.get({ kind, id, guildID })
  const fields = async (kind: EntityKind, id: string, guildID: string | null = null) => {
    const found = await get(kind, id, guildID)
    return found === null ? null : JSON.parse(found.json)
  }
  const ids = (found: readonly StoredEntity[]) => found.map(({ id }) => id)

  test(`${name}: what was put is there under its key, and nothing else is`, async () => {
    await put([
      { type: 'user', id: 'u1', username: 'ünï "\u0000\ud800', avatar: null },
      { type: 'member', guildID: 'g1', id: 'u1', roles: ['r1'] },
      { type: 'voiceState', guildID: 'g1', userID: 'u1', channelID: 'c1' },
      { type: 'channel', guildID: 'g1', id: 'c1', channelType: 2 },
    ])
    assert.deepEqual(await fields('user', 'u1'), { id: 'u1', username: 'ünï "\u0000\ud800', avatar: null })
    assert.deepEqual(await fields('member', 'u1', 'g1'), { id: 'u1', guildID: 'g1', roles: ['r1'] })
    assert.deepEqual(await get('channel', 'c1'), {
      id: 'c1',
      guildID: 'g1',
      json: '{"id":"c1","guildID":"g1","type":2}',
    })
    assert.equal((await get('voiceState', 'u1', 'g1'))?.guildID, 'g1')
    const absent: [EntityKind, string, string | null][] = [
      ['member', 'u1', 'g2'],
      ['voiceState', 'u1', null],
      ['user', 'u2', null],
      ['role', 'c1', null],
      ['guild', 'g1', null],
      ['user', '__proto__', null],
    ]
    for (const [kind, id, guildID] of absent) {
      assert.equal(await get(kind, id, guildID), null)
    }
  })

  test(`${name}: a member is its guild's, so the same id in two guilds is two members`, async () => {
    await put([
      { type: 'member', guildID: 'a', id: 'x', nickname: 'in a' },
      { type: 'member', guildID: 'b', id: 'x', nickname: 'in b' },
    ])
    assert.equal((await fields('member', 'x', 'a')).nickname, 'in a')
    assert.equal((await fields('member', 'x', 'b')).nickname, 'in b')
  })

  test(`${name}: what is put again is merged, also within one put`, async () => {
    await put([
      { type: 'role', id: 'r', guildID: 'm1', name: 'old', color: 1 },
      { type: 'role', id: 'r', name: 'new' },
    ])
    await put({ type: 'role', id: 'r', position: 3 })
    assert.deepEqual(await fields('role', 'r'), {
      id: 'r',
      guildID: 'm1',
      name: 'new',
      color: 1,
      position: 3,
    })
    assert.deepEqual(ids(await it.entities.list('m1', 'role', null, 10)), ['r'])
    await put({ type: 'role', id: 'r', guildID: 'm2' })
    assert.deepEqual(await it.entities.list('m1', 'role', null, 10), [])
    assert.deepEqual(ids(await it.entities.list('m2', 'role', null, 10)), ['r'])
  })

  test(`${name}: a guild's are listed by rising id, in pages, each kind for itself`, async () => {
    const channels = ['3', '1', '20', '2'].map((id) => ({ id }))
    await put({ type: 'guild', id: 'pages', channels, roles: [{ id: '7' }] })
    const list = (after: string | null, limit: number) => it.entities.list('pages', 'channel', after, limit)
    assert.deepEqual(ids(await list(null, 10)), ['1', '2', '20', '3'])
    assert.deepEqual(ids(await list(null, 2)), ['1', '2'])
    assert.deepEqual(ids(await list('2', 2)), ['20', '3'])
    assert.deepEqual(await list('3', 2), [])
    assert.deepEqual(ids(await it.entities.list('pages', 'role', null, 10)), ['7'])
    assert.deepEqual(await it.entities.list('nowhere', 'channel', null, 10), [])
  })

  test(`${name}: voice states are found by their channel, which they may change and leave`, async () => {
    const state = (userID: string, channelID: string | null) =>
      put({ type: 'voiceState', guildID: 'v', userID, channelID })
    const inside = async (channel: string, after: string | null = null, limit = 10) =>
      ids(await it.entities.voiceStates('v', channel, after, limit))
    await state('1', 'x')
    await state('2', 'x')
    await state('3', 'y')
    await put({ type: 'voiceState', guildID: 'v', userID: '1', deaf: true })
    assert.deepEqual(await inside('x'), ['1', '2'])
    assert.deepEqual(await inside('x', '1', 1), ['2'])
    await state('1', 'y')
    await state('2', null)
    assert.deepEqual(await inside('x'), [])
    assert.deepEqual(await inside('y'), ['1', '3'])
    assert.equal(await get('voiceState', '2', 'v'), null)
    await state('2', null)
  })

  test(`${name}: what is removed is gone, once`, async () => {
    await put({ type: 'user', id: 'gone' })
    const key: EntityKey = { kind: 'user', id: 'gone', guildID: null }
    assert.equal(await it.entities.remove(key), true)
    assert.equal(await it.entities.remove(key), false)
    assert.equal(await it.entities.get(key), null)
  })

  test(`${name}: a guild goes with all that belongs to it, and leaves users and other guilds`, async () => {
    const members = Array.from({ length: 2500 }, (_, i) => ({ id: `m${i}`, user: { username: `${i}` } }))
    const guild = {
      type: 'guild',
      id: 'full',
      members,
      roles: [{ id: 'full-r' }],
      channels: [{ id: 'full-c' }],
      voiceStates: [{ userID: 'm1', channelID: 'full-c' }],
    }
    await put([guild, { type: 'member', guildID: 'other', id: 'm1' }])
    assert.equal(await it.entities.remove({ kind: 'guild', id: 'full', guildID: 'full' }), true)
    for (const kind of ['member', 'role', 'channel', 'voiceState'] as const) {
      assert.deepEqual(await it.entities.list('full', kind, null, 10), [])
    }
    assert.equal(await get('guild', 'full', 'full'), null)
    assert.equal(await get('channel', 'full-c'), null)
    assert.deepEqual(await it.entities.voiceStates('full', 'full-c', null, 10), [])
    assert.notEqual(await get('user', 'm1'), null)
    assert.notEqual(await get('member', 'm1', 'other'), null)
    assert.equal(await it.entities.remove({ kind: 'guild', id: 'full', guildID: 'full' }), false)
  })

  test(`${name}: what a call answers has the effect of every call made before it`, async () => {
    const written = put({ type: 'user', id: 'quick', username: 'q' })
    assert.equal(JSON.parse((await get('user', 'quick'))?.json ?? '{}').username, 'q')
    await written
  })

  test(`${name}: kept through a restart, counts included`, async () => {
    await put({ type: 'guild', id: 'kept', name: 'K', members: [{ id: 'kept-m', user: { username: 'u' } }] })
    const users = await it.entities.count('user')
    const members = await it.entities.count('member')
    await it.reopen()
    assert.deepEqual(await fields('guild', 'kept', 'kept'), { id: 'kept', name: 'K' })
    assert.deepEqual(await fields('user', 'kept-m'), { id: 'kept-m', username: 'u' })
    assert.equal(await it.entities.count('user'), users)
    assert.equal(await it.entities.count('member'), members)
    await put([
      { type: 'user', id: 'counted' },
      { type: 'user', id: 'kept-m' },
    ])
    assert.equal(await it.entities.count('user'), users + 1)
  })

  test(`${name}: whatever is put and removed, it keeps what the rules say`, async () => {
    let runs = 0
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ put: fc.array(entityData, { minLength: 1, maxLength: 5 }) }) },
      { weight: 1, arbitrary: fc.record({ remove: entityData }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const prefix = `run${runs++}-`
        const model = new Model()
        for (const one of steps) {
          if ('put' in one) {
            const entities = one.put.flatMap((data) => Array.from(unfold(named(data, prefix))))
            await it.entities.put(entities)
            for (const entity of entities) model.put(entity)
          } else {
            const [key] = unfold(named(one.remove, prefix))
            assert.equal(await it.entities.remove(key!), model.remove(key!))
          }
        }
        for (const { kind, guildID, id, fields } of model.all()) {
          const found = await it.entities.get({ kind, guildID, id })
          assert.deepEqual(JSON.parse(found?.json ?? 'null'), fields)
        }
        for (const guild of ['1', '2'].map((id) => prefix + id)) {
          for (const kind of ['member', 'role', 'channel', 'voiceState'] as const) {
            assert.deepEqual(ids(await it.entities.list(guild, kind, null, 100)), model.list(guild, kind))
          }
        }
      }),
      { numRuns: 60 },
    )
  })
}

const id = fc.constantFrom('1', '2', '3')
const guildID = fc.constantFrom('1', '2')
const entityData = fc.oneof(
  fc.record({ type: fc.constant('user'), id, username: fc.string() }, { requiredKeys: ['type', 'id'] }),
  fc.record({ type: fc.constant('member'), id, guildID, nickname: fc.option(fc.string()) }),
  fc.record({ type: fc.constant('role'), id, guildID, color: fc.option(fc.nat()) }),
  fc.record({ type: fc.constant('channel'), id, guildID }, { requiredKeys: ['type', 'id'] }),
  fc.record({ type: fc.constant('guild'), id: guildID, memberCount: fc.option(fc.nat()) }),
  fc.record({ type: fc.constant('voiceState'), userID: id, guildID, channelID: fc.option(id) }),
)

/** Ids of one run, so that runs do not meet. */
function named(data: object, prefix: string): object {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      typeof value === 'string' && /^(id|guildID|userID|channelID)$/.test(name) ? prefix + value : value,
    ]),
  )
}

/** What the store is to keep, in a few lines. */
class Model {
  readonly #entities = new Map<string, Entity>()

  put(entity: Entity): void {
    const key = keyOf(entity)
    if (entity.gone) {
      this.#entities.delete(key)
      return
    }
    const known = this.#entities.get(key)
    const fields: EntityFields = merge(entity.kind, known?.fields ?? {}, entity.fields)
    this.#entities.set(key, { ...entity, guildID: entity.guildID ?? known?.guildID ?? null, fields })
  }

  remove(key: Entity): boolean {
    if (key.kind === 'guild') {
      for (const [at, entity] of this.#entities) {
        if (entity.kind !== 'guild' && entity.guildID === key.id) this.#entities.delete(at)
      }
    }
    return this.#entities.delete(keyOf(key))
  }

  all(): Entity[] {
    return [...this.#entities.values()]
  }

  list(guild: string, kind: EntityKind): string[] {
    return this.all()
      .filter((one) => one.kind === kind && one.guildID === guild)
      .map((one) => one.id)
      .sort()
  }
}

function keyOf({ kind, guildID, id }: EntityKey): string {
  return JSON.stringify([kind, keyedByGuild(kind) ? guildID : null, id])
}
