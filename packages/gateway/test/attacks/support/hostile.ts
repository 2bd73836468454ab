import fc from 'fast-check'

/** What a protocol's frames are made of. */
export interface Vocabulary {
  /** Frames as they should be: broken ones are made of them. */
  readonly right: readonly unknown[]
  readonly names: readonly string[]
  readonly values: readonly unknown[]
}

export type HostileFrame = string | Buffer

const oddities: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    [],
    {},
    '',
    0,
    -0,
    -1,
    0.5,
    1e308,
    -1e308,
    2 ** 53,
    2 ** 53 + 2,
    -(2 ** 53),
    2 ** 31,
  ],
  ...['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf', 'length', 'then'],
  ...[
    '\u0000',
    '\ud800',
    '\udc00x',
    '\u202e',
    '\u2028',
    '\r\n',
    '%00',
    "' OR 1=1 --",
    '<script>',
    '@everyone',
  ],
  ...[
    'x'.repeat(201),
    'ü'.repeat(2001),
    '👩‍👩‍👧'.repeat(300),
    'x'.repeat(5000),
    '1',
    '01',
    '9007199254740993',
    'NaN',
    '1e3',
  ],
]
const oddNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'then',
  '',
  '\u0000',
  'a'.repeat(300),
]
/** Numbers that JSON has and JavaScript has not. */
const oddLiterals = [
  '9007199254740993',
  '-9007199254740993',
  '1e999',
  '-1e999',
  '123456789012345678901234567890',
  '1.0',
  '-0',
]

/**
 * Frames that are nearly right, and such that are not at all: parts exchanged, dropped, doubled, nested deeply and cut; JSON that is no
 * object; text that is no JSON; bytes. Text is such as a WebSocket carries: half surrogate pairs come as escapes only.
 */
export function hostileFrames({ right, names, values }: Vocabulary): fc.Arbitrary<HostileFrame> {
  const value: fc.Arbitrary<unknown> = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...values) },
    { weight: 3, arbitrary: fc.constantFrom(...oddities) },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
  const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, fc.constantFrom(...oddNames))
  const object = fc.array(fc.tuple(name, value), { maxLength: 6 }).map(Object.fromEntries)
  const anything = fc.oneof(value, object, fc.array(object, { maxLength: 4 }))

  const changed = fc
    .tuple(
      fc.constantFrom(...right),
      fc.array(fc.tuple(fc.nat(40), anything), { minLength: 1, maxLength: 3 }),
    )
    .map(([frame, changes]) => changes.reduce<unknown>((at, [where, to]) => exchange(at, where, to), frame))
    .map(text)
  const doubled = fc
    .tuple(changed, name, anything)
    .map(([frame, key, other]) => frame.replace('{', `{${JSON.stringify(key)}:${text(other)},`))
  const literal = fc
    .tuple(changed, fc.constantFrom(...oddLiterals))
    .map(([frame, number]) => frame.replace(/[0-9]+/, number))
  const cut = fc.tuple(changed, fc.nat(300)).map(([frame, at]) => frame.slice(0, at % (frame.length + 1)))
  const mangled = fc
    .tuple(changed, fc.nat(300), fc.string({ maxLength: 4 }))
    .map(
      ([frame, at, more]) => frame.slice(0, at % frame.length) + more + frame.slice((at % frame.length) + 1),
    )
  const deep = fc
    .tuple(fc.constantFrom('[', '{"a":'), fc.integer({ min: 30, max: 900 }), changed)
    .map(([open, depth, frame]) =>
      frame.replace(/:[^,}]*/, `:${open.repeat(depth)}1${(open === '[' ? ']' : '}').repeat(depth)}`),
    )
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: anything.map(text) },
    { weight: 2, arbitrary: doubled },
    { weight: 2, arbitrary: cut },
    { weight: 2, arbitrary: mangled },
    { weight: 1, arbitrary: literal },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  )
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined'
}

/** The value with the part that stands at this place, counted through, exchanged; the original stays as it is. */
function exchange(value: unknown, where: number, to: unknown): unknown {
  if (typeof value !== 'object' || value === null) return to
  const entries = Object.entries(value)
  if (entries.length === 0) return to
  const [key] = entries[where % entries.length]!
  const rest = Math.floor(where / entries.length)
  const changed = entries.map(([name, part]) => [
    name,
    name === key ? (rest === 0 ? to : exchange(part, rest - 1, to)) : part,
  ])
  return Array.isArray(value) ? changed.map(([, part]) => part) : Object.fromEntries(changed)
}
