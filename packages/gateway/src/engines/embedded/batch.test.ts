import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { act, data, ensure, message, noon } from '../../../test/contracts/engine/acts.ts'
import type { ActBody } from '../../model/act.ts'
import { runBatch } from './batch.ts'
import type { Answer, Call } from './calls.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrations.ts'
import { defaultStoreSettings } from './settings.ts'
import { createStore, type Store } from './store.ts'

/** A test of a store in this thread, whose database it can get at. */
function testBatches(says: string, check: (store: Store, db: DatabaseSync) => void): void {
  test(says, () => {
    const folder = mkdtempSync(join(tmpdir(), 'parlance-batch-'))
    const db = openDatabase(join(folder, 'parlance.db'))
    migrate(db, 'the store')
    const store = createStore(db, { run: 'run', now: noon, ...defaultStoreSettings })
    try {
      check(store, db)
    } finally {
      store.close()
      rmSync(folder, { recursive: true })
    }
  })
}

function commit(body: ActBody): Call {
  return ['commit', act(body), noon]
}

/** For each answer the seq of its event, or why it was refused. */
function results(answers: readonly Answer[]): unknown[] {
  return answers.map((answer) => {
    if ('refused' in answer) return answer.refused
    return (answer.value as { event?: { seq: number } | null } | null)?.event?.seq ?? null
  })
}

function pages(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA page_count').get()?.page_count)
}

const large = data(JSON.stringify('x'.repeat(100_000)))

testBatches(
  'a full disk refuses the whole batch and keeps nothing of it; reads go on, and so does all when there is space',
  (store, db) => {
    runBatch(store, [commit(ensure()), commit(message('kept'))])
    const heads: Call[] = [
      ['head', 'general'],
      ['messages', 'general', null, 10],
    ]
    const before = runBatch(store, heads)
    db.exec(`PRAGMA max_page_count = ${pages(db) + 5}`)
    const full = runBatch(store, [
      commit(message('small')),
      commit(large),
      commit(message('small')),
      ...heads,
    ])
    assert.deepEqual(results(full.slice(0, 3)), ['store_failed', 'store_failed', 'store_failed'])
    assert.deepEqual(full.slice(3), before)
    db.exec('PRAGMA max_page_count = 1000000')
    const after = runBatch(store, [commit(message('again')), commit(large), ['message', 'general', 2]])
    assert.deepEqual(results(after.slice(0, 2)), [2, 3])
    assert(after[2] && 'value' in after[2])
    assert.equal((after[2].value as { content: string }).content, 'again')
  },
)

testBatches('what was refused for want of space leaves no trace in what is kept in memory', (store, db) => {
  runBatch(store, [commit(ensure()), commit(message('a'))])
  db.exec(`PRAGMA max_page_count = ${pages(db) + 5}`)
  const lock: Call = [
    'commit',
    act({ kind: 'room.update', changes: { name: 'new' } }, { actor: admin }),
    noon,
  ]
  runBatch(store, [lock, commit(message('b')), commit(large)])
  db.exec('PRAGMA max_page_count = 1000000')
  const [created, room] = runBatch(store, [commit(message('c')), ['room', 'general']])
  assert(created && 'value' in created && room && 'value' in room)
  const { event } = created.value as {
    event: { seq: number; body: { message: { id: number; number: number } } }
  }
  assert.deepEqual([event.seq, event.body.message.number, event.body.message.id], [2, 2, 2])
  assert.equal((room.value as { name: string | null }).name, null)
})

testBatches(
  'after a failure it is tried whether the store can write, until it can; not before',
  (store, db) => {
    const check = () => results(runBatch(store, [['check']]))
    const changes = () => Number(db.prepare('SELECT total_changes() AS count').get()?.count)
    runBatch(store, [commit(ensure()), commit(message('a'))])
    const before = changes()
    assert.deepEqual([check(), changes()], [[null], before])
    db.exec(`PRAGMA max_page_count = ${pages(db) + 1}`)
    assert.deepEqual(results(runBatch(store, [commit(large)])), ['store_failed'])
    assert.deepEqual([check(), check()], [['store_failed'], ['store_failed']])
    assert.deepEqual(results(runBatch(store, [commit(message('small enough'))])), [2])
    assert.deepEqual(check(), ['store_failed'], 'a small write says nothing of others')
    db.exec('PRAGMA max_page_count = 1000000')
    assert.deepEqual(check(), [null])
    const after = changes()
    assert.deepEqual([check(), changes()], [[null], after])
  },
)

testBatches('a write that fails for a reason of its own fails alone', (store) => {
  runBatch(store, [commit(ensure())])
  const session = { id: 's', dialect: 'rooms', room: 'general', userId: null, data: '{}' }
  const answers = runBatch(store, [
    commit(message('before')),
    ['openSession', { ...session, data: null as unknown as string }, 'hash', 'c1'],
    commit(message('after')),
    commit({ kind: 'message.edit', number: 9, content: 'x' }),
  ])
  assert.deepEqual(results(answers), [1, 'internal', 2, 'unknown_message'])
  const causes = answers.map((answer) => 'refused' in answer && answer.cause !== undefined)
  assert.deepEqual(causes, [false, true, false, false], 'a refusal by the rules is not for the log')
})

const admin = { userId: 'root', name: 'Root', admin: true }
