import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import type { Demand } from './demands.ts'

/** A frame as it should be, and what its protocol demands of its parts, by their path such as `payload.chatId`. */
export interface Proper {
  readonly frame: object
  readonly demands?: Readonly<Record<string, Demand>>
  /** Whether it is refused depends on what there is: it is only good for making broken ones of it. */
  readonly depends?: true
}

/** What the frames of a protocol are made of. */
export interface Vocabulary {
  readonly proper: readonly Proper[]
  /** Frames that the protocol has, but not from this client, not now, or not any more; and such as it has not. */
  readonly improper?: readonly object[]
  readonly names: readonly string[]
  readonly values: readonly unknown[]
  /** Binary frames are compressed JSON. */
  readonly deflates?: boolean
}

export interface HostileFrame {
  readonly data: string | Buffer<ArrayBuffer>
  /** What the protocol must do with it; null: it may do either. */
  readonly must: 'refuse' | 'take' | null
}

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
 * Frames that are right, such as are not for their sender to send, and such as are no frames at all: parts exchanged, dropped, doubled, nested
 * deeply and cut; JSON that is no object; text that is no JSON; bytes. Text is such as a WebSocket carries: half surrogate pairs come as
 * escapes only.
 */
export function hostileFrames(vocabulary: Vocabulary): fc.Arbitrary<HostileFrame> {
  const { proper, improper = [], deflates = false } = vocabulary
  const right = proper.filter(({ depends }) => depends !== true).map(({ frame }) => text(frame))
  const wrong = [...improper, ...proper.map(({ frame }) => [frame])].map((frame) => refused(text(frame)))
  const frames = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...right).map((data) => ({ data, must: 'take' as const })) },
    { weight: 3, arbitrary: fc.constantFrom(...wrong) },
    { weight: 1, arbitrary: deep(proper).map(refused) },
    {
      weight: 8,
      arbitrary: soup(vocabulary).map((data) => ({ data, must: isObject(data) ? null : 'refuse' })),
    },
  ) as fc.Arbitrary<{ data: string; must: HostileFrame['must'] }>
  const bytes = fc.uint8Array({ maxLength: 200 }).map((some) => refused(Buffer.from(some)))
  if (!deflates) return fc.oneof({ weight: 18, arbitrary: frames }, bytes)
  const deflated = frames.map(({ data, must }) => ({ data: deflateSync(data), must }))
  const cut = fc
    .tuple(deflated, fc.nat(300))
    .map(([{ data }, at]) => refused(data.subarray(0, at % data.length)))
  return fc.oneof({ weight: 10, arbitrary: frames }, { weight: 8, arbitrary: deflated }, cut, bytes)
}

function refused(data: HostileFrame['data']): HostileFrame {
  return { data, must: 'refuse' }
}

/**
 * What breaks one demand of one proper frame, for each of them: a frame with each of the values that may not stand there, or with nothing,
 * or with such a value after a good one under the same name.
 */
export function brokenFrames({ proper, values, deflates = false }: Vocabulary): HostileFrame[][] {
  const pool = [undefined, ...oddities, ...values]
  return proper.flatMap(({ frame, demands = {} }) =>
    Object.entries(demands).map(([path, isMet]) => {
      const misfits = pool.filter((value) => !isMet(value))
      const once = misfits.map((value) => text(set(frame, path, value)))
      const own = (frame as Record<string, unknown>)[path]
      const twice = misfits
        .filter((value) => value !== undefined && own !== undefined)
        .map((value) => text(set(frame, path, value)).replace('{', `{"${path}":${text(own)},`))
      return [...once, ...twice].map((json, i) => refused(deflates && i % 2 === 1 ? deflateSync(json) : json))
    }),
  )
}

/** Proper frames with something more in them, nested deeper than JSON may be. */
function deep(proper: Vocabulary['proper']): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...proper), fc.constantFrom('[', '{"a":'), fc.integer({ min: 40, max: 900 }))
    .map(([{ frame }, open, depth]) => {
      const close = open === '[' ? ']' : '}'
      return text(frame).replace('{', `{"deep":${open.repeat(depth)}1${close.repeat(depth)},`)
    })
}

/** Whatever comes of mixing: it may even be right. */
function soup({ proper, names, values }: Vocabulary): fc.Arbitrary<string> {
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
      fc.constantFrom(...proper.map(({ frame }) => frame)),
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
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: anything.map(text) },
    { weight: 2, arbitrary: doubled },
    { weight: 2, arbitrary: cut },
    { weight: 2, arbitrary: mangled },
    { weight: 1, arbitrary: literal },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
  )
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined'
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** The value with another, or nothing, at the end of the path; the original stays as it is. */
function set(value: object, path: string, to: unknown): object {
  const [name = '', ...rest] = path.split('.')
  const part = (value as Record<string, unknown>)[name]
  const changed = { ...value, [name]: rest.length === 0 ? to : set(part as object, rest.join('.'), to) }
  return Array.isArray(value) ? Object.values(changed) : changed
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
