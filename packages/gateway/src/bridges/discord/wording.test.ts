import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toParts, toUsername } from './wording.ts'

/** What a reader of Discord sees of text whose markup is escaped. */
function shown(parts: readonly string[]): string {
  return parts.join('').replace(/\\([^0-9A-Za-z\s])/g, '$1')
}

test('a short message is one part', () => {
  assert.deepEqual(toParts('hello'), ['hello'])
})

test('2000 characters are one part, 2001 are two', () => {
  assert.deepEqual(
    toParts('a'.repeat(2000)).map((part) => part.length),
    [2000],
  )
  assert.deepEqual(
    toParts('a'.repeat(2001)).map((part) => part.length),
    [2000, 1],
  )
})

test('nothing but white space is nothing to say', () => {
  for (const blank of ['', ' ', '\n\t \r\n', '\u00a0', ' '.repeat(5000), '\u0000\u0007']) {
    assert.deepEqual(toParts(blank), [], JSON.stringify(blank))
  }
})

test('a part that would be blank is left out', () => {
  assert.deepEqual(
    toParts(`a${' '.repeat(6000)}b`).map((part) => part.trim()),
    ['a', 'b'],
  )
})

test('a long message is cut after a line, else after a word, else where it is full', () => {
  const line = 'x'.repeat(1500)
  assert.deepEqual(toParts(`${line}\n${'y y '.repeat(300)}`)[0], `${line}\n`)
  assert.deepEqual(toParts(`${line} ${'y'.repeat(900)}`), [`${line} `, 'y'.repeat(900)])
  assert.deepEqual(toParts(`x ${'y'.repeat(2500)}`)[0]?.length, 2000)
})

test('a character outside the basic plane is not cut in two', () => {
  assert.deepEqual(toParts(`${'a'.repeat(1999)}😀b`), ['a'.repeat(1999), '😀b'])
})

test('an escape is not cut in two', () => {
  assert.deepEqual(toParts(`${'a'.repeat(1999)}*b`), ['a'.repeat(1999), '\\*b'])
})

test('an address is not cut in two', () => {
  const address = `https://example.org/${'p'.repeat(100)}`
  assert.deepEqual(toParts(`${'a'.repeat(1950)}${address}`), ['a'.repeat(1950), address])
})

test('control characters and marks that turn the text around are dropped, lines and tabs stay', () => {
  assert.deepEqual(toParts('a\u0000b\u001b[31mc\u007f\u009b\td\r\ne\u202ef\u2066g'), ['ab\\[31mc\td\nefg'])
})

test('lone surrogates become replacement characters, which JSON and Discord take', () => {
  assert.deepEqual(toParts('a\ud800b\udc00'), ['a\ufffdb\ufffd'])
})

const markup: [string, string][] = [
  ['**bold** __under__ ~~gone~~', '\\*\\*bold\\*\\* \\_\\_under\\_\\_ \\~\\~gone\\~\\~'],
  ['||spoiler||', '\\|\\|spoiler\\|\\|'],
  ['`code` ```block```', '\\`code\\` \\`\\`\\`block\\`\\`\\`'],
  ['[bank](https://evil.example)', '\\[bank\\](https://evil.example)'],
  ['<@123>, <#4>, <t:0>', '\\<@123>, \\<#4>, \\<t:0>'],
  ['# head', '\\# head'],
  ['> quote', '\\> quote'],
  ['- item\n+ item\n1. item', '\\- item\n\\+ item\n1\\. item'],
  ['\\*', '\\\\\\*'],
  ['e-mail #1 a>b 1.5', 'e-mail #1 a>b 1.5'],
  ['see https://example.org/a_b_c?x=*y* now', 'see https://example.org/a_b_c?x=*y* now'],
  ['http://[x](y)', 'http://\\[x\\](y)'],
]
for (const [written, posted] of markup) {
  test(`markup is escaped: ${JSON.stringify(written)}`, () => {
    assert.deepEqual(toParts(written), [posted])
  })
}

test('beyond 500 characters an address is text like any other, so that no markup hides in it', () => {
  const [, second] = toParts(`https://example.org/${'a'.repeat(2000)}[bank](https://evil.example)`)
  assert.match(second ?? '', /\\\[bank\\\]\(/)
})

test('whatever is written: parts fit, are not blank, and show what was written', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 700 }),
    fc.constantFrom(' ', '\n', '*', '\\', '😀', 'https://example.org/a_b', 'word '.repeat(200)),
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      (content) => {
        const parts = toParts(content)
        for (const part of parts) {
          assert.ok(part.length <= 2000 && part.trim() !== '' && part.isWellFormed())
          assert.doesNotMatch(part, /(?<!\\)(\\\\)*\\$/)
        }
        const withoutSpace = (text: string) => text.replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069\\]/gu, '')
        assert.equal(withoutSpace(shown(parts)), withoutSpace(content))
        assert.deepEqual(toParts(content), parts)
      },
    ),
  )
})

const names: [string, string][] = [
  ['Ada', 'Ada'],
  ['  Ada\n', 'Ada'],
  ['Discord', 'Dis-cord'],
  ['xXdiscordXx DISCORD', 'xXdis-cordXx DIS-CORD'],
  ['Clyde', 'Cly-de'],
  ['Here', 'He-re'],
  ['everyone', 'every-one'],
  ['there', 'there'],
  ['dis\u0000cord', 'dis-cord'],
  ['dis\u202ecord', 'dis-cord'],
  ['', 'unknown'],
  ['   ', 'unknown'],
  ['\u200d\u200d', 'unknown'],
  ['\ud800', '\ufffd'],
  ['日本', '日本'],
  ['a'.repeat(100), 'a'.repeat(80)],
  [`${'a'.repeat(79)}😀`, 'a'.repeat(79)],
  [`${'a'.repeat(78)}😀`, `${'a'.repeat(78)}😀`],
]
for (const [name, username] of names) {
  test(`the name ${JSON.stringify(name)} is posted as ${JSON.stringify(username)}`, () => {
    assert.equal(toUsername(name), username)
  })
}

test('whatever the name: 1 to 80 characters, no word that Discord keeps', () => {
  const word = fc.constantFrom(
    'discord',
    'dis',
    'cord',
    'CLYDE',
    'cly',
    'de',
    'here',
    'everyone',
    '\u0000',
    '😀',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ unit: 'binary' }))), (words) => {
      const username = toUsername(words.join(''))
      assert.ok(username.length >= 1 && username.length <= 80 && username.isWellFormed())
      assert.doesNotMatch(username, /discord|clyde|^here$|^everyone$|\p{Cc}/iu)
    }),
  )
})
