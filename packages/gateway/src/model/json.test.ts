import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compactJson, jsonDepth, jsonMembers } from './json.ts'
import { Problem } from './problem.ts'

function problemOf(text: string): Problem {
  try {
    compactJson(text)
  } catch (error) {
    assert.ok(error instanceof Problem)
    return error
  }
  throw new Error(`${text} was taken for JSON`)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('compactJson', () => {
  it('takes out the white space between tokens and keeps what stands in strings', () => {
    const { text } = compactJson(' { "a b" : [ 1 ,\n\t"c \\" d" ] ,\r\n "e" : { } } ')
    assert.equal(text, '{"a b":[1,"c \\" d"],"e":{}}')
  })

  it('keeps every digit and every repeated name', () => {
    const text = '{"n":1.0,"big":9223372036854775808,"e":1E+2,"n":-0.0,"__proto__":{"x":1}}'
    assert.equal(compactJson(text).text, text)
  })

  it('gives the value too', () => {
    assert.deepEqual(compactJson('[1, {"a": null}]').value, [1, { a: null }])
  })

  const broken: [string, RegExp][] = [
    ['', /ends too early, at position 0/],
    ['{"type":"PONG",}', /unexpected "}" at position 15/],
    ['hello', /unexpected "h" at position 0/],
    ['{"a":b}', /unexpected "b" at position 5/],
    ['[1 2]', /unexpected "2" at position 3/],
    ['{"a" 1}', /unexpected "1" at position 5/],
    ['{1:2}', /unexpected "1" at position 1/],
    ['[1', /ends too early, at position 2/],
    ['{"a":1 ', /ends too early, at position 7/],
    ['1,2', /unexpected "," at position 1/],
    ['[]]', /unexpected "]" at position 2/],
    ['[}', /unexpected "}" at position 1/],
    ['01', /unexpected "1" at position 1/],
    ['"a\nb"', /unexpected "\\"" at position 0/],
    ['[1,😀]', /unexpected "😀" at position 3/],
  ]
  for (const [text, says] of broken) {
    it(`says where ${JSON.stringify(text)} is not JSON`, () => {
      const problem = problemOf(text)
      assert.equal(problem.code, 'invalid_json')
      assert.match(problem.message, says)
    })
  }

  it(`takes ${jsonDepth} levels and no more`, () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    assert.equal(compactJson(nested(jsonDepth)).text, nested(jsonDepth))
    assert.match(problemOf(nested(jsonDepth + 1)).message, /deeper than 32 levels, at position 32/)
    assert.match(problemOf('{"a":'.repeat(100_000)).message, /deeper than 32 levels/)
  })

  it('takes brackets in strings for text', () => {
    const text = JSON.stringify('['.repeat(1000))
    assert.equal(compactJson(text).text, text)
  })

  it('takes exactly what JSON.parse takes, and means the same by it', () => {
    const spaced = fc
      .tuple(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 0, max: 4 }))
      .map(([value, indent]) => JSON.stringify(value, null, indent))
    const damaged = fc
      .tuple(spaced, fc.nat(), fc.constantFrom('', ',', '"', '{', ']', ' ', '\\', '1', '\u0000', '-'))
      .map(
        ([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % text.length) + 1),
      )
    fc.assert(
      fc.property(fc.oneof(spaced, damaged, fc.string()), (text) => {
        if (!isJson(text)) {
          const at = Number(/at position (\d+)\.$/.exec(problemOf(text).message)?.[1])
          assert.ok(at >= 0 && at <= text.length)
          return
        }
        const { text: compact, value } = compactJson(text)
        assert.deepEqual(JSON.parse(compact), value)
        assert.equal(compactJson(compact).text, compact)
        assert.ok(compact.length <= text.length)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('jsonMembers', () => {
  it('gives each value as it was written, and the last of a repeated name', () => {
    const members = jsonMembers('{"type":"A","payload":{"x":[1.0,"},{"]},"a\\"b":2,"type":"B"}')
    assert.deepEqual(
      [...members],
      [
        ['type', '"B"'],
        ['payload', '{"x":[1.0,"},{"]}'],
        ['a"b', '2'],
      ],
    )
  })

  it('finds nothing in an empty object', () => {
    assert.equal(jsonMembers('{}').size, 0)
  })

  it('agrees with JSON.parse', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const text = JSON.stringify(object)
        const read = [...jsonMembers(text)].map(([name, value]) => [name, JSON.parse(value)])
        assert.deepEqual(read, Object.entries(JSON.parse(text) as object))
      }),
    )
  })
})
