import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Presence } from './presence.ts'

const member = (id: string, presence = '{}') => ({ id, userId: null, name: id, admin: false, presence })

test('a member joins with its first connection and leaves with its last', () => {
  const step = fc.record({ join: fc.boolean(), id: fc.constantFrom('a', 'b', 'c') })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const presence = new Presence()
      const connections = new Map<string, number>()
      for (const { join, id } of steps) {
        const before = connections.get(id) ?? 0
        if (join) {
          assert.equal(presence.join('lobby', member(id)), before === 0)
          connections.set(id, before + 1)
        } else {
          assert.equal(presence.leave('lobby', id)?.id ?? null, before === 1 ? id : null)
          connections.set(id, Math.max(0, before - 1))
        }
        const there = [...connections].filter(([, count]) => count > 0).map(([id]) => id)
        assert.deepEqual(new Set(presence.members('lobby').map(({ id }) => id)), new Set(there))
      }
    }),
  )
})

test('presence data is replaced, and stays as it is when a further connection joins', () => {
  const presence = new Presence()
  presence.join('lobby', member('a', '{"x":1}'))
  assert.equal(presence.update('lobby', 'a', '{"x":2}')?.presence, '{"x":2}')
  presence.join('lobby', member('a', '{"x":3}'))
  assert.deepEqual(presence.members('lobby'), [member('a', '{"x":2}')])
  assert.equal(presence.update('lobby', 'stranger', '{}'), null)
})
