import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { colorOf, contentOf, nameOf } from './texts.ts'

test('names are trimmed and have 2 to 32 characters, however many bytes', () => {
  assert.equal(nameOf('  Ada ', 'name'), 'Ada')
  assert.equal(nameOf('🎉'.repeat(32), 'name'), '🎉'.repeat(32))
  for (const name of ['', ' A ', '🎉', 'a'.repeat(33)]) {
    assert.throws(() => nameOf(name, 'name'), {
      code: 'invalid_request',
      message: /^"name" must have 2 to 32/,
    })
  }
  assert.throws(() => nameOf('A\u0000da', 'name'), { message: /control characters/ })
})

test('contents are trimmed and have 1 to 2048 characters', () => {
  assert.equal(contentOf('\n hi \t'), 'hi')
  assert.equal(contentOf(` ${'🎉'.repeat(2048)} `), '🎉'.repeat(2048))
  for (const content of ['', ' \n ', 'a'.repeat(2049)]) {
    assert.throws(() => contentOf(content), { code: 'invalid_request', message: /1 to 2048/ })
  }
})

test('what is kept of a text survives UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      const content = contentOf(`x${text}`)
      assert.equal(Buffer.from(content).toString(), content)
    }),
  )
  assert.equal(contentOf('a\ud800b'), 'a\ufffdb')
})

test('colours are kept in one spelling', () => {
  assert.equal(colorOf('#3366FF'), '#3366ff')
  assert.equal(colorOf('#36F'), '#3366ff')
})
