import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { EntityFields, EntityKind } from '../entity.ts'
import { merge } from './merge.ts'

const rows: [string, EntityKind, EntityFields, EntityFields, EntityFields][] = [
  ['a field given replaces', 'role', { id: '1', name: 'a' }, { id: '1', name: 'b' }, { id: '1', name: 'b' }],
  [
    'a field not given stays',
    'role',
    { id: '1', name: 'a' },
    { id: '1', color: 0 },
    { id: '1', name: 'a', color: 0 },
  ],
  ['a null that is a value replaces', 'user', { avatar: 'x' }, { avatar: null }, { avatar: null }],
  [
    'a null that says nothing does not',
    'guild',
    { memberCount: 5 },
    { memberCount: null },
    { memberCount: 5 },
  ],
  ['a null is kept where nothing was known', 'guild', {}, { memberCount: null }, { memberCount: null }],
  ['lists are replaced whole', 'member', { roles: ['1', '2'] }, { roles: ['3'] }, { roles: ['3'] }],
  ['an empty list is a list', 'member', { roles: ['1'] }, { roles: [] }, { roles: [] }],
]

for (const [says, kind, known, given, merged] of rows) {
  test(says, () => assert.deepEqual(merge(kind, known, given), merged))
}

test('saying the same twice is saying it once', () => {
  const guild = fc.record(
    { name: fc.string(), icon: fc.option(fc.string()), memberCount: fc.option(fc.nat()) },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(guild, guild, (known, given) => {
      const once = merge('guild', known, given)
      assert.deepEqual(merge('guild', once, given), once)
    }),
  )
})
