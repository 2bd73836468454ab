import type { JsonText } from './event.ts'
import { findJsonError } from './json-error.ts'
import { Problem } from './problem.ts'

/** How deep arrays and objects may stand in one another. */
export const jsonDepth = 32

const quote = 0x22
const backslash = 0x5c

/**
 * Checks JSON (RFC 8259) and takes out the white space between its tokens. Everything else stays as it was written: `1.0`
 * remains `1.0`, and a number beyond 2^53 keeps its digits, which a round trip through `JSON.parse` would change.
 *
 * Throws `invalid_json`, naming the position (counted from 0), when it is not JSON or stands deeper than `maxDepth`.
 */
export function compactJson(
  text: string,
  maxDepth = jsonDepth,
): { readonly text: JsonText; readonly value: unknown } {
  const compact = withoutSpaces(text, maxDepth)
  try {
    return { text: compact, value: JSON.parse(text) as unknown }
  } catch {
    const position = findJsonError(text)
    const wrong = text.codePointAt(position)
    const says =
      wrong === undefined ? 'it ends too early,' : `unexpected ${JSON.stringify(String.fromCodePoint(wrong))}`
    throw new Problem('invalid_json', `The text is not JSON: ${says} at position ${position}.`)
  }
}

/**
 * The members of a compact JSON object, each value as text. A name that is repeated has its last value, as in `JSON.parse`.
 */
export function jsonMembers(object: JsonText): Map<string, JsonText> {
  const members = new Map<string, JsonText>()
  let at = 1
  while (at < object.length - 1) {
    const nameEnd = endOfString(object, at)
    const end = endOfValue(object, nameEnd + 2)
    members.set(JSON.parse(object.slice(at, nameEnd + 1)) as string, object.slice(nameEnd + 2, end))
    at = end + 1
  }
  return members
}

/** Also bounds the depth, before anything that might recurse sees the text. */
function withoutSpaces(text: string, maxDepth: number): string {
  let kept = ''
  let from = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at)
        break
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        kept += text.slice(from, at)
        from = at + 1
        break
      case '{':
      case '[':
        depth++
        if (depth > maxDepth) throw tooDeep(maxDepth, at)
        break
      case '}':
      case ']':
        depth--
    }
  }
  return from === 0 ? text : kept + text.slice(from)
}

function tooDeep(maxDepth: number, position: number): Problem {
  return new Problem(
    'invalid_json',
    `The JSON is nested deeper than ${maxDepth} levels, at position ${position}.`,
  )
}

/** Where the string that begins at `start` has its closing quote; the text's length when it has none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) at++
  }
  return text.length
}

/** Where the comma or bracket stands that follows the value beginning at `start`. */
function endOfValue(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at)
        break
      case '{':
      case '[':
        depth++
        break
      case '}':
      case ']':
        if (depth === 0) return at
        depth--
        break
      case ',':
        if (depth === 0) return at
    }
  }
  return text.length
}
