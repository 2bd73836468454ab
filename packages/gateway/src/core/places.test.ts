import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeConnection } from '../../test/support/fake-outbound.ts'
import { Places } from './places.ts'

test('a connection is in so many rooms and no more, until it leaves one', async () => {
  const places = new Places(2)
  const connection = new FakeConnection('c')
  const guest = () => ({ connection, hasPlace: false })
  const [first, second, third] = [guest(), guest(), guest()]
  places.take(first)
  places.take(second)
  assert.throws(() => places.take(third), { code: 'rate_limited', message: /2 rooms already/ })
  places.free(third)
  assert.throws(() => places.take(third), { code: 'rate_limited' }, 'what was refused frees nothing')
  places.free(first)
  places.free(first)
  places.take(third)
  assert.throws(() => places.take(first), { code: 'rate_limited' }, 'a place is freed once')
})
