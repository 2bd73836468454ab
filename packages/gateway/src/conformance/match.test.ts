import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Captures, mismatch } from './match.ts'
import {
  any,
  each,
  either,
  integer,
  like,
  open,
  optional,
  type Pattern,
  sealed,
  show,
  some,
  string,
} from './pattern.ts'
import { seal } from './seal.ts'

const key = Buffer.alloc(32, 1).toString('base64')
const wrong = (pattern: Pattern, value: unknown) => mismatch(pattern, value, new Map())

describe('a pattern', () => {
  it('is the JSON that it stands for, whatever that is, but for objects with $', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('"$":'))
        assert.equal(wrong(value as Pattern, structuredClone(value)), null)
      }),
    )
  })

  it('names the place where something else is', () => {
    assert.equal(wrong({ a: [1, { b: 2 }] }, { a: [1, { b: '2' }] }), 'a[1].b: expected 2, got "2"')
    assert.equal(wrong({ a: 1 }, { a: 1, b: 2 }), 'b: not expected, got 2')
    assert.equal(wrong({ a: string() }, {}), 'a: expected <string>, is missing')
    assert.equal(wrong([1, 2], [1]), 'expected [1,2], got [1]')
    assert.equal(wrong({}, []), 'expected {}, got []')
    assert.equal(wrong(5, undefined), 'expected 5, got undefined')
  })

  const rows: [Pattern, unknown, unknown][] = [
    [string(), '', 5],
    [integer(undefined, 1, 3), 3, 4],
    [integer(), 2 ** 53 - 1, 2 ** 53],
    [integer(), 1, 1.5],
    [like('^evt_'), 'evt_1', 'event'],
    [sealed(key, 'hello'), seal(key, 'hello'), seal(key, 'hallo')],
    [sealed(key, 'hello'), seal(key, 'hello'), seal(Buffer.alloc(32, 2).toString('base64'), 'hello')],
    [open({ a: 1 }), { a: 1, b: 2 }, { b: 2 }],
    [{ a: optional(1) }, {}, { a: 2 }],
    [either('a', integer()), 7, 'b'],
    [each(integer()), [1, 2], [1, 'x']],
    [each(any), [], {}],
    [some(1, 2), [3, 2, 1], [1, 3]],
    [{ $: 'object' }, {}, []],
    [{ $: 'boolean' }, false, 0],
    [{ $: 'number' }, 1.5, '1'],
  ]
  for (const [pattern, right, other] of rows) {
    it(`${show(pattern)} takes ${JSON.stringify(right)} and not ${JSON.stringify(other)}`, () => {
      assert.equal(wrong(pattern, right), null)
      assert.notEqual(wrong(pattern, other), null)
    })
  }

  it('captures what it names, wherever it stands', () => {
    const captures: Captures = new Map()
    const pattern = { a: some({ id: integer('n') }), b: open({ c: either(string('text'), 1) }) }
    assert.equal(mismatch(pattern, { a: [{ id: 7 }], b: { c: 'x', d: 1 } }, captures), null)
    assert.deepEqual(
      [...captures],
      [
        ['n', 7],
        ['text', 'x'],
      ],
    )
  })
})
